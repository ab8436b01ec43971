import type { CallFinish, JobFinish, JobKind, JobStart, Meter } from "../../src/meters/meter.ts";

/** Keeps what it is told. */
export class RecordingMeter implements Meter {
  readonly accepted: JobKind[] = [];
  readonly started: JobStart[] = [];
  readonly ended: JobFinish[] = [];
  readonly calls: CallFinish[] = [];

  jobAccepted({ language, namespace }: JobKind): void {
    this.accepted.push({ language, namespace });
  }

  jobStarted(start: JobStart): void {
    this.started.push(start);
  }

  jobEnded(finish: JobFinish): void {
    this.ended.push(finish);
  }

  callEnded(finish: CallFinish): void {
    this.calls.push(finish);
  }
}
