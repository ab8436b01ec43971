import { logLimits } from "../protocol/functions.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { LogStore } from "./log-store.ts";

const sweepEveryMs = 60_000;
/** Between two batches of one sweep others have the disk. */
const pauseMs = 20;
const batchPartsMax = 64;

export interface LogRetentionParts {
  readonly store: Pick<LogStore, "deleteBefore">;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}

/** Deletes lines of logs once they are old enough, from its making until it is disposed. */
export class LogRetention implements AsyncDisposable {
  readonly #parts: LogRetentionParts;
  #timer: Timer | undefined;
  #batch: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(parts: LogRetentionParts) {
    this.#parts = parts;
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
    this.#timer = this.#parts.clock.after(delayMs, () => {
      this.#batch = this.#deleteBatch();
    });
  }

  async #deleteBatch(): Promise<void> {
    const { store, clock, log } = this.#parts;
    let more = false;
    try {
      more = await store.deleteBefore(clock.now() - logLimits.retentionMs, batchPartsMax);
    } catch (error) {
      log.warn({ err: error }, "old lines of functions' logs could not be deleted; trying again later");
    }
    this.#next(more ? pauseMs : sweepEveryMs);
  }
}
