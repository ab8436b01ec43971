/** A timer that can be taken back. */
export interface Timer {
  cancel(): void;
}

/** The only source of time for code that waits or measures, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  monotonic(): number;
  /** Runs `action` once after `delayMs`; never keeps the process alive. */
  after(delayMs: number, action: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs);
    letProcessEnd(handle);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** In browsers a timer is a number, and there is no process to keep alive. */
function letProcessEnd(handle: number | { unref(): unknown }): void {
  if (typeof handle === "object") handle.unref();
}

/** A clock that moves only when told to, and then runs what has come due, in order. */
export class ManualClock implements Clock {
  #now: number;
  #timers: { at: number; seq: number; action: () => void }[] = [];
  #seq = 0;

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): Timer {
    const timer = { at: this.#now + delayMs, seq: this.#seq++, action };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  /** Time passes in which nothing of this process runs; what has come due then runs late. */
  stall(forMs: number): void {
    this.#now += forMs;
    this.advance(0);
  }

  advance(byMs: number): void {
    const end = this.#now + byMs;
    for (;;) {
      const due = this.#timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.seq - b.seq)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = Math.max(this.#now, due.at);
      due.action();
    }
    this.#now = end;
  }
}
