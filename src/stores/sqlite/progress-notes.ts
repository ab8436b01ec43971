import type { JobProgress } from "../../jobs/job.ts";
import type { Clock, Timer } from "../../stdx/clock.ts";
import type { JobId } from "../../stdx/ids.ts";

/** A short job's progress is overtaken by its end, and then never needs the disk. */
const delayMs = 250;
/** Beyond this many the oldest are dropped: progress is for people to look at, and may be lost. */
const notesMax = 16_384;

interface Note {
  readonly progress: JobProgress;
  readonly since: number;
}

/** Progress that is not on the disk yet, the latest of each job. */
export class ProgressNotes implements Disposable {
  readonly #clock: Clock;
  readonly #write: (notes: ReadonlyMap<JobId, JobProgress>) => Promise<void>;
  /** In the order of their first note. */
  readonly #notes = new Map<JobId, Note>();
  #timer: Timer | undefined;
  #disposed = false;

  /** @param write makes the notes durable */
  constructor(clock: Clock, write: (notes: ReadonlyMap<JobId, JobProgress>) => Promise<void>) {
    this.#clock = clock;
    this.#write = write;
  }

  put(id: JobId, progress: JobProgress): void {
    if (this.#disposed) return;
    const since = this.#notes.get(id)?.since ?? this.#clock.monotonic();
    this.#notes.set(id, { progress, since });
    if (this.#notes.size > notesMax) {
      const [oldest] = this.#notes.keys();
      if (oldest !== undefined) this.#notes.delete(oldest);
    }
    this.#arm();
  }

  get(id: JobId): JobProgress | undefined {
    return this.#notes.get(id)?.progress;
  }

  forget(id: JobId): void {
    this.#notes.delete(id);
  }

  /** Writes all notes. When the storage fails they are kept for the next time, and nobody is told: they may be lost. */
  async flush(): Promise<void> {
    await this.#writeUpTo(Number.POSITIVE_INFINITY);
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer?.cancel();
  }

  #arm(): void {
    if (this.#disposed) return;
    this.#timer ??= this.#clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.#writeUpTo(this.#clock.monotonic() - delayMs).then(() => {
        if (this.#notes.size > 0) this.#arm();
      });
    });
  }

  async #writeUpTo(instant: number): Promise<void> {
    const due = new Map<JobId, JobProgress>();
    for (const [id, { progress, since }] of this.#notes) {
      if (since > instant) break;
      due.set(id, progress);
    }
    if (due.size === 0) return;
    try {
      await this.#write(due);
    } catch {
      return;
    }
    for (const [id, progress] of due) {
      if (this.#notes.get(id)?.progress === progress) this.#notes.delete(id);
    }
  }
}
