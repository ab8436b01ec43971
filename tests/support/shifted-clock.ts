import { type Clock, systemClock } from "../../src/stdx/clock.ts";

/** The system's clock with hands that can be set forward; timers run as ever. */
export class ShiftedClock implements Clock {
  #shiftMs = 0;

  now(): number {
    return systemClock.now() + this.#shiftMs;
  }

  monotonic(): number {
    return systemClock.monotonic();
  }

  after: Clock["after"] = (delayMs, action) => systemClock.after(delayMs, action);

  shift(byMs: number): void {
    this.#shiftMs += byMs;
  }
}
