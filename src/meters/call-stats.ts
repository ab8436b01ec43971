import type { CallStatsView, CallSummary } from "../protocol/call-stats.ts";
import type { Clock } from "../stdx/clock.ts";
import { SlidingHistogram } from "../stdx/histogram.ts";
import { CallPeriods } from "./call-periods.ts";
import { percentilesOf } from "./latency.ts";
import type { CallFinish, Meter } from "./meter.ts";
import { isFailure } from "./tally.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const hoursKept = 24;
const minutesKept = 60;
/** The last hour's latencies turn over in steps of ten minutes. */
const stepMs = 10 * minuteMs;
const steps = hourMs / stepMs;

/** The calls of one function. */
class FunctionRecord {
  /** Since when no call of it was missed. */
  readonly since: number;
  lastAt: number;
  readonly minutes = new CallPeriods(minuteMs, minutesKept);
  readonly hours = new CallPeriods(hourMs, hoursKept);
  readonly #times = new SlidingHistogram(steps);
  #step: number;

  constructor(nowMs: number, since: number) {
    this.since = since;
    this.lastAt = nowMs;
    this.#step = Math.floor(nowMs / stepMs);
  }

  add(nowMs: number, isError: boolean, durationMs: number): void {
    this.lastAt = nowMs;
    this.minutes.add(nowMs, isError, durationMs);
    this.hours.add(nowMs, isError, durationMs);
    this.#turnTo(nowMs);
    this.#times.add(durationMs);
  }

  summary(nowMs: number): CallSummary {
    this.#turnTo(nowMs);
    return {
      ...this.minutes.sum(nowMs),
      latency: percentilesOf(this.#times),
      last_called_at: new Date(this.lastAt).toISOString(),
    };
  }

  #turnTo(nowMs: number): void {
    const step = Math.floor(nowMs / stepMs);
    for (let turns = Math.min(step - this.#step, steps); turns > 0; turns--) this.#times.turn();
    this.#step = Math.max(step, this.#step);
  }
}

/**
 * How the calls of each function went, in the last hour minute by minute and in the last day hour by hour. In memory and
 * bounded: of the functions called longest ago nothing is known beyond a number.
 */
export class CallStats implements Pick<Meter, "callEnded"> {
  readonly #clock: Clock;
  readonly #functionsMax: number;
  readonly #functions = new Map<string, FunctionRecord>();
  /** When a record was let go last: of a function without one it is known that it was not called since. */
  #completeSince: number;

  /** @param functionsMax each takes about 10 kB */
  constructor(clock: Clock, functionsMax = 1000) {
    this.#clock = clock;
    this.#functionsMax = functionsMax;
    this.#completeSince = clock.now();
  }

  callEnded({ namespace, path, status, durationMs }: CallFinish): void {
    const nowMs = this.#clock.now();
    const key = keyOf(namespace, path);
    let record = this.#functions.get(key);
    if (!record) {
      if (this.#functions.size >= this.#functionsMax) this.#dropOldest();
      record = new FunctionRecord(nowMs, this.#completeSince);
      this.#functions.set(key, record);
    }
    record.add(nowMs, isFailure(status), durationMs);
  }

  /** The last hour of a function in short. */
  summary(namespace: string, path: string): CallSummary {
    const record = this.#functions.get(keyOf(namespace, path));
    if (!record) return { calls: 0, errors: 0, latency: null, last_called_at: null };
    return record.summary(this.#clock.now());
  }

  read(namespace: string, path: string): CallStatsView {
    const nowMs = this.#clock.now();
    const shown =
      this.#functions.get(keyOf(namespace, path)) ?? new FunctionRecord(nowMs, this.#completeSince);
    return {
      namespace,
      path,
      since: new Date(shown.since).toISOString(),
      last_hour: this.summary(namespace, path),
      last_day: shown.hours.sum(nowMs),
      minutes: shown.minutes.read(nowMs),
      hours: shown.hours.read(nowMs),
    };
  }

  #dropOldest(): void {
    let oldest: string | undefined;
    let oldestAt = Number.POSITIVE_INFINITY;
    for (const [key, { lastAt }] of this.#functions) {
      if (lastAt >= oldestAt) continue;
      oldest = key;
      oldestAt = lastAt;
    }
    if (oldest === undefined) return;
    this.#functions.delete(oldest);
    this.#completeSince = this.#clock.now();
  }
}

/** No namespace has a slash, so no two functions share a key. */
function keyOf(namespace: string, path: string): string {
  return `${namespace}/${path}`;
}
