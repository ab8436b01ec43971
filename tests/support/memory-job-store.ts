import {
  hasEnded,
  type JobEnd,
  type JobOutput,
  type JobPayload,
  type JobProgress,
  type JobRecord,
  type JobSpec,
} from "../../src/jobs/job.ts";
import type { IdempotencyRecord, JobFilter, JobListPage, JobStore } from "../../src/jobs/store.ts";
import type { Webhook, WebhookStore } from "../../src/jobs/webhook-store.ts";
import { refuse } from "../../src/protocol/errors.ts";
import type { JobStatus } from "../../src/protocol/job.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { JobId } from "../../src/stdx/ids.ts";
import type { NameCount, NameRange } from "../../src/stdx/name-range.ts";

interface Row {
  readonly spec: JobSpec;
  readonly payload: JobPayload;
  state: JobRecord["state"];
  output: JobOutput | undefined;
}

const encoder = new TextEncoder();

class MemoryWebhookStore implements WebhookStore {
  readonly rows = new Map<JobId, Webhook>();

  async all(): Promise<readonly Webhook[]> {
    return [...this.rows.values()];
  }

  async get(jobId: JobId): Promise<Webhook | undefined> {
    return this.rows.get(jobId);
  }

  async failed(jobId: JobId, attempts: number): Promise<void> {
    const row = this.rows.get(jobId);
    if (row) this.rows.set(jobId, { ...row, attempts });
  }

  async done(jobId: JobId): Promise<void> {
    this.rows.delete(jobId);
  }
}

/** A job store without a disk, for tests of what stands above it. It passes the contract, and can play a broken disk. */
export class MemoryJobStore implements JobStore {
  /** Whether it refuses everything. */
  broken = false;
  readonly #rows = new Map<JobId, Row>();
  readonly #keys = new Map<string, IdempotencyRecord>();
  readonly webhooks = new MemoryWebhookStore();

  async insert(
    jobs: readonly (readonly [JobSpec, JobPayload])[],
    idempotency: IdempotencyRecord | undefined,
    webhooks: readonly Webhook[] = [],
  ): Promise<void> {
    this.#checkDisk();
    if (idempotency && this.#keys.has(idempotency.key))
      throw refuse("idempotency_conflict", "The key is taken.");
    const ids = jobs.map(([spec]) => spec.id);
    if (new Set(ids).size < ids.length || ids.some((id) => this.#rows.has(id)))
      throw new Error("The id is taken.");
    for (const [spec, payload] of jobs) {
      this.#rows.set(spec.id, { spec, payload, state: pending(0), output: undefined });
    }
    for (const webhook of webhooks) this.webhooks.rows.set(webhook.jobId, webhook);
    if (idempotency) this.#keys.set(idempotency.key, idempotency);
  }

  progress(id: JobId, progress: JobProgress): void {
    const row = this.#rows.get(id);
    if (row && !hasEnded(row.state)) row.state = progress;
  }

  async finish(id: JobId, end: JobEnd, output: JobOutput): Promise<boolean> {
    this.#checkDisk();
    const row = this.#rows.get(id);
    if (!row || hasEnded(row.state)) return false;
    row.state = end;
    row.output = output;
    return true;
  }

  async get(id: JobId): Promise<JobRecord | undefined> {
    this.#checkDisk();
    const row = this.#rows.get(id);
    return row && { spec: row.spec, state: row.state };
  }

  async payload(id: JobId): Promise<JobPayload | undefined> {
    this.#checkDisk();
    return this.#rows.get(id)?.payload;
  }

  async output(id: JobId): Promise<JobOutput | undefined> {
    this.#checkDisk();
    return this.#rows.get(id)?.output;
  }

  async namespaces(): Promise<readonly string[]> {
    return [...new Set([...this.#rows.values()].map(({ spec }) => spec.namespace))];
  }

  async list({ status, namespace, among, language, limit, offset }: JobFilter): Promise<JobListPage> {
    this.#checkDisk();
    const rows = [...this.#rows.values()]
      .filter(({ state }) => status === undefined || state.status === status)
      .filter(({ spec }) => namespace === undefined || spec.namespace === namespace)
      .filter(({ spec }) => among === undefined || among.includes(spec.namespace))
      .filter(({ spec }) => language === undefined || spec.language === language)
      .reverse();
    const jobs = rows.slice(offset, offset + limit).map(({ spec, state, output }) => {
      const result = output?.resultJson;
      const large = result !== undefined && encoder.encode(result).length > limits.listedResultBytesMax;
      return { spec, state, resultJson: large ? undefined : result, resultOmitted: large };
    });
    return { jobs, total: rows.length };
  }

  async countByStatus(): Promise<Record<JobStatus, number>> {
    this.#checkDisk();
    const counts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { state } of this.#rows.values()) counts[state.status]++;
    return counts;
  }

  async countByNamespace({ prefix, after = "", limit }: NameRange): Promise<readonly NameCount[]> {
    this.#checkDisk();
    const counts = new Map<string, number>();
    for (const { spec } of this.#rows.values()) {
      counts.set(spec.namespace, (counts.get(spec.namespace) ?? 0) + 1);
    }
    const names = [...counts.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
    return names.slice(0, limit).map((name) => ({ name, count: counts.get(name) ?? 0 }));
  }

  async idempotency(key: string): Promise<IdempotencyRecord | undefined> {
    this.#checkDisk();
    return this.#keys.get(key);
  }

  async *unfinished(): AsyncGenerator<JobRecord> {
    for (const row of this.#rows.values()) {
      if (hasEnded(row.state)) continue;
      if (row.state.status === "running") row.state = pending(row.state.attempts);
      yield { spec: row.spec, state: row.state };
    }
  }

  async deleteEndedBefore(instantMs: number, limit: number): Promise<number> {
    this.#checkDisk();
    for (const [key, { createdAt }] of this.#keys) if (createdAt < instantMs) this.#keys.delete(key);
    const due = [...this.#rows.values()].flatMap(({ spec, state }) =>
      hasEnded(state) && state.completedAt < instantMs ? [{ id: spec.id, at: state.completedAt }] : [],
    );
    due.sort((a, b) => a.at - b.at);
    for (const { id } of due.slice(0, limit)) this.#rows.delete(id);
    return Math.min(due.length, limit);
  }

  #checkDisk(): void {
    if (this.broken) throw refuse("storage_unavailable", "The disk is full.");
  }
}

function pending(attempts: number): JobProgress {
  return { status: "pending", attempts, volunteerId: undefined, startedAt: undefined };
}
