import { Latency } from "./latency.ts";
import type { CallFinish, JobFinish, JobStart, Meter } from "./meter.ts";

/** What happened within a while. */
export interface Counts {
  accepted: number;
  completed: number;
  failed: number;
  cancelled: number;
  callsOk: number;
  callsFailed: number;
}

const none: Counts = { accepted: 0, completed: 0, failed: 0, cancelled: 0, callsOk: 0, callsFailed: 0 };

/** Counts what happens until somebody takes the counts, and keeps how long things took of late. */
export class Tally implements Meter {
  readonly latency = new Latency();
  #counts: Counts = { ...none };

  jobAccepted(): void {
    this.#counts.accepted++;
  }

  jobStarted({ waitMs, again }: JobStart): void {
    if (!again) this.latency.wait.add(waitMs);
  }

  jobEnded({ status, totalMs }: JobFinish): void {
    this.#counts[status]++;
    // One that was called off says nothing about how long jobs take.
    if (status !== "cancelled") this.latency.job.add(totalMs);
  }

  callEnded({ status, durationMs }: CallFinish): void {
    if (isFailure(status)) this.#counts.callsFailed++;
    else this.#counts.callsOk++;
    this.latency.call.add(durationMs);
  }

  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** What happened since this was last asked. */
  take(): Readonly<Counts> {
    const taken = this.#counts;
    this.#counts = { ...none };
    return taken;
  }
}

/** Whether a call was answered badly by the function or by us; what the caller did wrong is no fault of theirs. */
export function isFailure(status: number): boolean {
  return status >= 500;
}
