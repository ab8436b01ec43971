import type { Clock, Timer } from "../../../stdx/clock.ts";
import type { Meter, MeteredTask, Overrun } from "../queued-cell.ts";

const nothingSeen = { cpuMs: undefined, peakMemoryBytes: undefined };

/** Tells when a task takes too long. Of a worker's memory nothing can be seen from outside; see web-worker-host.ts. */
export class TimeLimit implements Meter {
  readonly #clock: Clock;
  readonly #overrun: (why: Overrun) => void;
  #task: MeteredTask | undefined;
  #timer: Timer | undefined;
  #timerAt = 0;

  constructor(clock: Clock, overrun: (why: Overrun) => void) {
    this.#clock = clock;
    this.#overrun = overrun;
  }

  begin(task: MeteredTask): void {
    this.#task = task;
    // Most tasks end long before: one timer serves many, and looks again when it is early.
    if (!this.#timer || this.#timerAt > task.startedAt + task.timeoutMs) this.#wait();
  }

  end(): typeof nothingSeen {
    this.#task = undefined;
    return nothingSeen;
  }

  stop(): void {
    this.#task = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  suspend(): void {}

  resume(): void {}

  #wait(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!this.#task) return;
    this.#timerAt = this.#task.startedAt + this.#task.timeoutMs;
    const delayMs = this.#timerAt - this.#clock.monotonic();
    if (delayMs <= 0) this.#overrun("timeout");
    else this.#timer = this.#clock.after(delayMs, () => this.#wait());
  }
}
