const weight = 0.1;

/** How many jobs end per second, smoothed: tells those who are refused when to come back. */
export class Throughput {
  #perSecond = 0;
  #count = 0;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  ended(): void {
    this.#count++;
  }

  /** Call it about as often as every second, with monotonic milliseconds. */
  measure(nowMs: number): void {
    const passedMs = nowMs - this.#sinceMs;
    if (passedMs < 1000) return;
    this.#perSecond += weight * ((this.#count * 1000) / passedMs - this.#perSecond);
    this.#count = 0;
    this.#sinceMs = nowMs;
  }

  /** Seconds in which `count` jobs will have ended: whole, from 1 to 60. */
  secondsFor(count: number): number {
    return Math.min(60, Math.max(1, Math.ceil(count / Math.max(this.#perSecond, 0.01))));
  }
}
