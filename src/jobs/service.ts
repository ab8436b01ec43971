import type { BlockStore } from "../blocks/store.ts";
import type { JobStatus, JobSubmission } from "../protocol/job.ts";
import type { Language } from "../protocol/languages.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { JobEventStream, JobEvents } from "./events.ts";
import type { JobOutput, JobPayload, JobRecord } from "./job.ts";
import type { LiveJobs } from "./live.ts";
import type { PayloadCache } from "./payloads.ts";
import type { JobFilter, JobListPage, JobStore } from "./store.ts";

export interface SubmitOptions {
  /** With its hash: the SHA-256 of the canonical body, hex. */
  readonly idempotency?: { readonly key: string; readonly bodyHash: string } | undefined;
}

export interface Submitted {
  /** In the order submitted. */
  readonly jobs: readonly JobRecord[];
  /** True when the Idempotency-Key had been used before and these are the jobs of then. */
  readonly replayed: boolean;
}

/** A job with its bulk. */
export interface JobWhole extends JobRecord {
  readonly payload: JobPayload;
  /** Undefined until it has ended. */
  readonly output: JobOutput | undefined;
}

export interface JobTotals {
  readonly byStatus: Readonly<Record<JobStatus, number>>;
  readonly queue: {
    readonly depth: number;
    readonly max: number;
    readonly byLanguage: Readonly<Record<Language, number>>;
    /** The namespaces with the most waiting jobs, at most 100. */
    readonly byNamespace: Readonly<Record<string, number>>;
  };
}

export interface JobServiceParts {
  readonly store: JobStore;
  readonly blocks: Pick<BlockStore, "has">;
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly dispatcher: Dispatcher;
  readonly events: JobEvents;
  readonly clock: Clock;
  readonly log: Log;
}

export interface JobDefaults {
  /** DEFAULT_JOB_TIMEOUT */
  readonly timeoutMs: number;
  /** MAX_JOB_RETRIES */
  readonly maxRetries: number;
}

/** What a client can do with jobs. Methods that take an id refuse with `job_not_found`. */
export declare class JobService implements AsyncDisposable {
  constructor(parts: JobServiceParts, defaults: JobDefaults);
  /** Puts the store's unfinished jobs back in the queue. Call once, before the doors open. @returns how many */
  recover(): Promise<number>;
  /**
   * Durable when resolved. All or none. Refuses with `payload_too_large`, `wasm_not_found`, `queue_full` (details:
   * `retry_after_seconds`), `idempotency_conflict`, `storage_unavailable`, `shutting_down`.
   */
  submit(submissions: readonly JobSubmission[], options?: SubmitOptions): Promise<Submitted>;
  get(id: string): Promise<JobRecord>;
  whole(id: string): Promise<JobWhole>;
  list(filter: JobFilter): Promise<JobListPage>;
  /** Durable when resolved; refuses with `job_ended`. */
  cancel(id: string): Promise<void>;
  /** The job as soon as it has ended, or as it stands when `timeoutMs` have passed or `signal` was aborted. */
  waitForEnd(id: string, timeoutMs: number, signal?: AbortSignal): Promise<JobWhole>;
  /** What happened to the job so far, then what happens to it; done after its end. */
  watch(id: string): Promise<JobEventStream>;
  totals(): Promise<JobTotals>;
  /** Takes no more submissions and waits until every end that was reached is stored. */
  [Symbol.asyncDispose](): Promise<void>;
}
