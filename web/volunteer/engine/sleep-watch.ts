import type { Clock, Timer } from "../../../src/stdx/clock.ts";

const lookEveryMs = 2000;
/** Later than a busy machine or a browser that saves power would ever be. */
const sleptMs = 15_000;

/**
 * Notices that the machine has slept: wall-clock time has passed in which no timer of ours ran. Connections seldom
 * outlive that, and neither end may hear of their death for minutes.
 */
export class SleepWatch implements Disposable {
  readonly #clock: Clock;
  readonly #woke: () => void;
  #lookedAt: number;
  #timer: Timer;

  constructor(clock: Clock, woke: () => void) {
    this.#clock = clock;
    this.#woke = woke;
    this.#lookedAt = clock.now();
    this.#timer = this.#next();
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #next(): Timer {
    return this.#clock.after(lookEveryMs, () => {
      const passedMs = this.#clock.now() - this.#lookedAt;
      this.#lookedAt = this.#clock.now();
      this.#timer = this.#next();
      if (passedMs > lookEveryMs + sleptMs) this.#woke();
    });
  }
}
