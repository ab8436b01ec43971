import type { Clock } from "./clock.ts";

/** Lets through what arrives at a steady rate, and bursts up to a bound. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAt: number;

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock;
    this.#perMs = perSecond / 1000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#filledAt = clock.monotonic();
  }

  /** Takes `count` tokens; false, taking none, when there are fewer. */
  take(count: number): boolean {
    // The clock is read only when needed: this runs for every message.
    if (this.#tokens < count) {
      const now = this.#clock.monotonic();
      this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
      this.#filledAt = now;
      if (this.#tokens < count) return false;
    }
    this.#tokens -= count;
    return true;
  }
}
