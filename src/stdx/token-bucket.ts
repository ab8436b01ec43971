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
      this.#fill();
      if (this.#tokens < count) return false;
    }
    this.#tokens -= count;
    return true;
  }

  /** How many whole tokens there are now. */
  get left(): number {
    this.#fill();
    return Math.floor(this.#tokens);
  }

  /** In how many milliseconds there will be `count` tokens, as of the last look at the clock. */
  msUntil(count: number): number {
    return Math.max(0, (Math.min(count, this.#burst) - this.#tokens) / this.#perMs);
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
