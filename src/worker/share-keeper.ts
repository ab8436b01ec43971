import type { Clock } from "../stdx/clock.ts";

/** How much of its share a slot that had nothing to do may have saved up. */
export const savedMsMax = 200;
/** How long a slot works beyond its share before it is stopped, where it can be stopped. */
export const sliceMs = 50;
/** No debt is rested off for longer: a machine that slept in the middle of a job has not worked all the while. */
export const restMsMax = 30 * 60_000;

/**
 * The books of one slot that is to be busy for a share of the time. Time goes by into an account at the rate of the
 * share, and work takes it out; a slot may begin to work when its account is not overdrawn. So whatever lengths its jobs
 * have, in any stretch of time it is busy for its share of it, plus what it may have saved, plus what its last job
 * overdrew, which the rest after it makes up for.
 */
export class ShareKeeper {
  readonly #clock: Clock;
  #share: number;
  #savedMs = 0;
  /** Monotonic milliseconds up to which the account is kept. */
  #keptTo: number;
  #working = false;

  /** @param share above 0, at most 1 */
  constructor(clock: Clock, share: number) {
    this.#clock = clock;
    this.#share = share;
    this.#keptTo = clock.monotonic();
  }

  get share(): number {
    return this.#share;
  }

  set share(share: number) {
    this.#keep();
    this.#keptTo = this.#clock.monotonic();
    this.#share = share;
    if (share === 1) this.#savedMs = Math.max(0, this.#savedMs);
  }

  /** The slot is busy from now on. */
  work(): void {
    this.#keep();
    this.#working = true;
  }

  /** The slot is not busy from now on. */
  rest(): void {
    this.#keep();
    this.#working = false;
  }

  /** Work was done for the slot that did not show as being busy. */
  spend(ms: number): void {
    this.#keep();
    if (this.#share < 1) this.#savedMs = Math.max(-restMsMax * this.#share, this.#savedMs - ms);
  }

  /** For how long a slot that is not busy has to stay so. */
  get restMs(): number {
    this.#keep();
    return this.#savedMs >= 0 ? 0 : Math.min(restMsMax, -this.#savedMs / this.#share);
  }

  /** How long a busy slot may go on before it should be stopped; infinite when it never need be. */
  get sliceLeftMs(): number {
    this.#keep();
    return this.#share === 1
      ? Number.POSITIVE_INFINITY
      : Math.max(0, this.#savedMs / (1 - this.#share) + sliceMs);
  }

  #keep(): void {
    // All of the time is its own: it neither saves nor owes.
    if (this.#share === 1) return;
    const nowMs = this.#clock.monotonic();
    const ms = nowMs - this.#keptTo;
    this.#keptTo = nowMs;
    const saved = this.#savedMs + ms * (this.#working ? this.#share - 1 : this.#share);
    this.#savedMs = Math.max(-restMsMax * this.#share, Math.min(savedMsMax, saved));
  }
}
