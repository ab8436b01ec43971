import type { JobErrorCode } from "../protocol/errors.ts";
import type { JobStatus } from "../protocol/job.ts";
import type { Language } from "../protocol/languages.ts";

/** What every figure of a job is told with. */
export interface JobKind {
  readonly language: Language;
  readonly namespace: string;
}

/** A job has come to its turn on a volunteer. */
export interface JobStart extends JobKind {
  /** Milliseconds since it was submitted. */
  readonly waitMs: number;
  /** True when it had come to its turn before, on a volunteer that then failed it. */
  readonly again: boolean;
}

/** A job has ended, and that is stored. */
export interface JobFinish extends JobKind {
  readonly status: Extract<JobStatus, "completed" | "failed" | "cancelled">;
  readonly errorCode: JobErrorCode | undefined;
  /** Milliseconds of its last run; undefined for one that never ran. */
  readonly runMs: number | undefined;
  /** Milliseconds that its code ran, as its volunteer says; undefined where it does not. */
  readonly wallMs: number | undefined;
  /** Milliseconds since it was submitted. */
  readonly totalMs: number;
}

/** A call of a deployed function is over. */
export interface CallFinish {
  readonly namespace: string;
  /** What the function is deployed at. */
  readonly path: string;
  readonly language: Language;
  /** What the caller was answered; 499 when it had left. */
  readonly status: number;
  /** Milliseconds from the call's arrival to its end. */
  readonly durationMs: number;
  /** Whether the code had to be loaded; undefined when no volunteer ran it. */
  readonly cold: boolean | undefined;
}

/**
 * Told what happens as it happens, by `jobs` and `functions`, for whoever counts or measures it. It is called on the hot
 * path: an implementation adds to a number and returns; it never throws and keeps nothing that grows with what strangers
 * do.
 */
export interface Meter {
  /** The job is stored. */
  jobAccepted(job: JobKind): void;
  jobStarted(start: JobStart): void;
  jobEnded(finish: JobFinish): void;
  callEnded(finish: CallFinish): void;
}

/** For those who measure nothing. */
export const noMeter: Meter = {
  jobAccepted: () => undefined,
  jobStarted: () => undefined,
  jobEnded: () => undefined,
  callEnded: () => undefined,
};

/** Tells several meters the same. */
export class Meters implements Meter {
  readonly #all: readonly Meter[];

  constructor(all: readonly Meter[]) {
    this.#all = all;
  }

  jobAccepted(job: JobKind): void {
    for (const meter of this.#all) meter.jobAccepted(job);
  }

  jobStarted(start: JobStart): void {
    for (const meter of this.#all) meter.jobStarted(start);
  }

  jobEnded(finish: JobFinish): void {
    for (const meter of this.#all) meter.jobEnded(finish);
  }

  callEnded(finish: CallFinish): void {
    for (const meter of this.#all) meter.callEnded(finish);
  }
}
