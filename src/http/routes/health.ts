import type { JobService } from "../../jobs/service.ts";
import { languages } from "../../protocol/languages.ts";
import { limits } from "../../protocol/limits.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { VolunteerRegistry } from "../../volunteers/registry.ts";
import type { HttpApp } from "../zod-provider.ts";

/** What a node tells of itself. */
export interface NodeFacts {
  readonly id: string;
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

export interface HealthParts {
  readonly jobs: JobService;
  readonly volunteers: VolunteerRegistry;
  readonly node: NodeFacts;
  readonly clock: Clock;
}

/** How an orchestrator is doing. */
export function healthRoutes(app: HttpApp, { jobs, volunteers, node, clock }: HealthParts): void {
  app.get("/health", () => ({ status: "ok" }));

  app.get("/info", () => ({
    name: "zerverless",
    node_id: node.id,
    version: node.version,
    started_at: new Date(node.startedAt).toISOString(),
    uptime_seconds: Math.floor((clock.now() - node.startedAt) / 1000),
    job_types: languages,
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

  app.get("/stats", async () => {
    const { byStatus, queue } = await jobs.totals();
    const { volunteers: connected, slots, busySlots } = volunteers.totals();
    return {
      volunteers: { connected, slots, busy_slots: busySlots },
      jobs: byStatus,
      queue: {
        depth: queue.depth,
        max: queue.max,
        by_language: queue.byLanguage,
        by_namespace: queue.byNamespace,
      },
    };
  });
}
