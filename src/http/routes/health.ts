import type { ContentHost } from "../../access/content-host.ts";
import type { JobService } from "../../jobs/service.ts";
import { refuse } from "../../protocol/errors.ts";
import { languages } from "../../protocol/languages.ts";
import { limits } from "../../protocol/limits.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { VolunteerRegistry } from "../../volunteers/registry.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

/** What a node tells of itself. */
export interface NodeFacts {
  readonly id: string;
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** Whether what is accepted can be kept. */
export interface DiskHealth {
  /** Why the disk takes no writes; undefined when it does. Never rejects. */
  refusal(): Promise<Error | undefined>;
}

/** Why an orchestrator takes no work. */
interface Hindrance {
  readonly code: "shutting_down" | "storage_unavailable";
  readonly error: string;
}

export interface HealthParts {
  readonly jobs: JobService;
  readonly volunteers: VolunteerRegistry;
  readonly node: NodeFacts;
  readonly clock: Clock;
  readonly disk: DiskHealth;
  readonly content: ContentHost;
  /** Aborted when the orchestrator is told to stop. */
  readonly draining: AbortSignal;
}

/** How an orchestrator is doing. */
export function healthRoutes(app: HttpApp, parts: HealthParts): void {
  const { jobs, volunteers, node, clock, content } = parts;

  app.get("/health", { config: { access: access.public, uncounted: true } }, () => ({ status: "ok" }));

  app.get("/health/ready", { config: { access: access.public, uncounted: true } }, async () => {
    const reasons = await hindrances(parts);
    const [first] = reasons;
    if (!first) return { status: "ready" };
    throw refuse(first.code, reasons.map(({ error }) => error).join(" "), { details: { reasons } });
  });

  app.get("/info", { config: { access: access.public } }, () => ({
    name: "zerverless",
    node_id: node.id,
    version: node.version,
    started_at: new Date(node.startedAt).toISOString(),
    uptime_seconds: Math.floor((clock.now() - node.startedAt) / 1000),
    job_types: languages,
    content_host: content.host ?? null,
    limits: {
      code_bytes: limits.codeBytesMax,
      input_bytes: limits.inputBytesMax,
      result_bytes: limits.resultBytesMax,
      output_bytes: limits.outputBytesMax,
      wasm_bytes: limits.wasmBytesMax,
      body_bytes: limits.bodyBytesMax,
      jobs_per_submission: limits.jobsPerSubmissionMax,
      timeout_seconds: limits.timeoutSecondsMax,
      memory_mb: limits.memoryMbMax,
      wait_seconds: limits.waitSecondsMax,
    },
  }));

  app.get("/stats", { config: { access: access.token } }, async ({ caller: { scopes } }) => {
    const { byStatus, queue } = await jobs.totals();
    const { volunteers: connected, slots, busySlots } = volunteers.totals();
    return {
      volunteers: { connected, slots, busy_slots: busySlots },
      jobs: byStatus,
      queue: {
        depth: queue.depth,
        max: queue.max,
        by_language: queue.byLanguage,
        by_namespace: Object.fromEntries(
          Object.entries(queue.byNamespace).filter(([namespace]) => scopes.may("read", namespace)),
        ),
      },
    };
  });
}

async function hindrances({ disk, draining }: HealthParts): Promise<readonly Hindrance[]> {
  const reasons: Hindrance[] = [];
  if (draining.aborted) {
    reasons.push({ code: "shutting_down", error: "The orchestrator is stopping and takes no new work." });
  }
  const refusal = await disk.refusal();
  if (refusal) reasons.push({ code: "storage_unavailable", error: refusal.message });
  return reasons;
}
