import type { JobStatus } from "../protocol/job.ts";
import type { Language } from "../protocol/languages.ts";
import type { JobId } from "../stdx/ids.ts";
import type { NameCount, NameRange } from "../stdx/name-range.ts";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobRecord, JobSpec } from "./job.ts";
import type { Webhook } from "./webhook-store.ts";

export interface JobFilter {
  readonly status: JobStatus | undefined;
  readonly namespace: string | undefined;
  /** Looks for it among the newest jobs that the others let through, `limits.jobsSearchedMax` of them. */
  readonly language: Language | undefined;
  /** Of these namespaces alone; undefined: of all. */
  readonly among?: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** An Idempotency-Key with what it stands for. */
export interface IdempotencyRecord {
  readonly key: string;
  /** SHA-256 of the canonical request body, hex. */
  readonly bodyHash: string;
  readonly jobIds: readonly JobId[];
  readonly createdAt: number;
}

export interface JobListPage {
  readonly jobs: readonly (JobRecord & {
    readonly resultJson: string | undefined;
    readonly resultOmitted: boolean;
  })[];
  readonly total: number;
}

/**
 * Where jobs are kept. Every adapter passes `tests/contracts/job-store.ts`.
 * A promise that resolves means: this survives `kill -9` and power loss. One that rejects with `storage_unavailable`
 * means: nothing of it was kept.
 */
export interface JobStore {
  /** All or none. With `idempotency`, the key is kept in the same transaction; so are the jobs' webhooks. */
  insert(
    jobs: readonly (readonly [JobSpec, JobPayload])[],
    idempotency: IdempotencyRecord | undefined,
    webhooks?: readonly Webhook[],
  ): Promise<void>;
  /** Notes progress for lists; cheap, may be lost in a crash, never overtakes `finish`. */
  progress(id: JobId, progress: JobProgress): void;
  /** Ends a job. Resolves false, changing nothing, when it had already ended. */
  finish(id: JobId, end: JobEnd, output: JobOutput): Promise<boolean>;
  get(id: JobId): Promise<JobRecord | undefined>;
  payload(id: JobId): Promise<JobPayload | undefined>;
  /** Undefined while it has not ended. */
  output(id: JobId): Promise<JobOutput | undefined>;
  /** Newest first. */
  list(filter: JobFilter): Promise<JobListPage>;
  /** Those that have jobs. */
  namespaces(): Promise<readonly string[]>;
  countByStatus(): Promise<Readonly<Record<JobStatus, number>>>;
  /** Namespaces that have jobs, in order, with how many. */
  countByNamespace(range: NameRange): Promise<readonly NameCount[]>;
  idempotency(key: string): Promise<IdempotencyRecord | undefined>;
  /** At start: every job that has not ended, oldest first, running ones put back to pending, attempts kept. */
  unfinished(): AsyncIterable<JobRecord>;
  /** Deletes at most `limit` jobs that ended before, and idempotency keys made before; resolves how many jobs went. */
  deleteEndedBefore(instantMs: number, limit: number): Promise<number>;
}
