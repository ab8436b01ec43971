import type { JobErrorCode } from "../protocol/errors.ts";
import type { JobStats, JobStatus } from "../protocol/job.ts";
import type { Language } from "../protocol/languages.ts";
import type { Placement } from "../protocol/placement.ts";
import type { Cid, JobId } from "../stdx/ids.ts";

/** What a job asks for. Fixed at submission; instants and spans are milliseconds. */
export interface JobSpec {
  readonly id: JobId;
  readonly language: Language;
  readonly namespace: string;
  readonly wasmCid: Cid | undefined;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** 0 to 9; within a namespace, higher goes first. */
  readonly priority: number;
  readonly maxRetries: number;
  /** Whether its code may ask the database, as far as can be seen from outside. */
  readonly usesDatabase: boolean;
  readonly placement: Placement;
  readonly createdAt: number;
}

/** The bulky part, kept out of memory while a job waits. */
export interface JobPayload {
  /** Source text; undefined for wasm. */
  readonly code: string | undefined;
  /** `input_data` as JSON text, "null" when there was none. */
  readonly inputJson: string;
}

/** What a job left behind; bulky, like its payload. */
export interface JobOutput {
  /** JSON text; undefined unless completed. */
  readonly resultJson: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a job ended. */
export interface JobEnd {
  readonly status: Extract<JobStatus, "completed" | "failed" | "cancelled">;
  readonly error: string | undefined;
  readonly errorCode: JobErrorCode | undefined;
  readonly stats: JobStats | undefined;
  readonly attempts: number;
  readonly volunteerId: string | undefined;
  readonly startedAt: number | undefined;
  readonly completedAt: number;
}

/** What changes while it runs. */
export interface JobProgress {
  readonly status: Extract<JobStatus, "pending" | "running">;
  readonly attempts: number;
  readonly volunteerId: string | undefined;
  readonly startedAt: number | undefined;
}

/** A job without its bulk: state is where it stands now. */
export interface JobRecord {
  readonly spec: JobSpec;
  readonly state: JobProgress | JobEnd;
}

export function hasEnded(state: JobRecord["state"]): state is JobEnd {
  return state.status !== "pending" && state.status !== "running";
}
