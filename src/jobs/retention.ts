import type { Clock, Timer } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { JobStore } from "./store.ts";

/** How often it is looked whether jobs have come of age. */
const sweepEveryMs = 60_000;
/** Between two batches of one sweep others have the disk. */
const pauseMs = 20;
/** A batch holds the event loop while it is deleted: some milliseconds. */
const batchJobsMax = 256;

export interface RetentionOptions {
  readonly store: Pick<JobStore, "deleteEndedBefore">;
  readonly clock: Clock;
  readonly log: Pick<Log, "info" | "warn">;
  /** How long an ended job is kept. */
  readonly retentionMs: number;
}

/** Deletes ended jobs once they are old enough, batch by batch, from its making until it is disposed. */
export class Retention implements AsyncDisposable {
  readonly #store: Pick<JobStore, "deleteEndedBefore">;
  readonly #clock: Clock;
  readonly #log: Pick<Log, "info" | "warn">;
  readonly #retentionMs: number;
  #timer: Timer | undefined;
  #batch: Promise<void> = Promise.resolve();
  /** In the present sweep. */
  #deleted = 0;
  #disposed = false;

  constructor({ store, clock, log, retentionMs }: RetentionOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#retentionMs = retentionMs;
    this.#next(0);
  }

  /** Resolves when no deletion is under way; none will begin. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#timer?.cancel();
    await this.#batch;
  }

  #next(delayMs: number): void {
    if (this.#disposed) return;
    this.#timer = this.#clock.after(delayMs, () => {
      this.#batch = this.#deleteBatch();
    });
  }

  /** A store may stop short of the limit when the jobs are bulky, so a sweep ends only with a batch that is empty. */
  async #deleteBatch(): Promise<void> {
    try {
      const deleted = await this.#store.deleteEndedBefore(
        this.#clock.now() - this.#retentionMs,
        batchJobsMax,
      );
      this.#deleted += deleted;
      if (deleted > 0) return this.#next(pauseMs);
      if (this.#deleted > 0) this.#log.info({ jobs: this.#deleted }, "deleted jobs that ended long ago");
      this.#deleted = 0;
    } catch (error) {
      this.#log.warn({ err: error }, "jobs that ended long ago could not be deleted; trying again later");
    }
    this.#next(sweepEveryMs);
  }
}
