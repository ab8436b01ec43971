import type { CallColumns } from "../protocol/call-stats.ts";
import { Histogram } from "../stdx/histogram.ts";
import { percentilesOf } from "./latency.ts";

/** What became of a function's calls within one period. */
interface Period {
  /** The number of the period since the Unix epoch. */
  readonly number: number;
  readonly calls: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** A function's calls in the last so many periods. Those without a call cost nothing. */
export class CallPeriods {
  readonly #periodMs: number;
  readonly #kept: number;
  readonly #closed: Period[] = [];
  #open: number | undefined;
  #calls = 0;
  #errors = 0;
  readonly #times = new Histogram();

  constructor(periodMs: number, kept: number) {
    this.#periodMs = periodMs;
    this.#kept = kept;
  }

  add(nowMs: number, isError: boolean, durationMs: number): void {
    const number = Math.floor(nowMs / this.#periodMs);
    if (number !== this.#open) this.#turn(number);
    this.#calls++;
    if (isError) this.#errors++;
    this.#times.add(durationMs);
  }

  /** Every period that is kept, the oldest first, as columns; the last one is not over. */
  read(nowMs: number): CallColumns {
    const last = Math.floor(nowMs / this.#periodMs);
    const found = new Map(this.#closed.map((period) => [period.number, period]));
    if (this.#open !== undefined) found.set(this.#open, this.#period(this.#open));
    const columns: CallColumns = { at: [], calls: [], errors: [], p50_ms: [], p95_ms: [], p99_ms: [] };
    for (let number = last - this.#kept + 1; number <= last; number++) {
      const period = found.get(number);
      columns.at.push((number * this.#periodMs) / 1000);
      columns.calls.push(period?.calls ?? 0);
      columns.errors.push(period?.errors ?? 0);
      columns.p50_ms.push(period?.p50 ?? null);
      columns.p95_ms.push(period?.p95 ?? null);
      columns.p99_ms.push(period?.p99 ?? null);
    }
    return columns;
  }

  /** Calls and errors of all periods that are kept. */
  sum(nowMs: number): { calls: number; errors: number } {
    const first = Math.floor(nowMs / this.#periodMs) - this.#kept + 1;
    const sum = { calls: 0, errors: 0 };
    for (const { number, calls, errors } of this.#closed) {
      if (number < first) continue;
      sum.calls += calls;
      sum.errors += errors;
    }
    if (this.#open !== undefined && this.#open >= first) {
      sum.calls += this.#calls;
      sum.errors += this.#errors;
    }
    return sum;
  }

  #turn(number: number): void {
    if (this.#open !== undefined) this.#closed.push(this.#period(this.#open));
    if (this.#closed.length >= this.#kept) this.#closed.shift();
    this.#open = number;
    this.#calls = 0;
    this.#errors = 0;
    this.#times.clear();
  }

  #period(number: number): Period {
    const times = percentilesOf(this.#times);
    return {
      number,
      calls: this.#calls,
      errors: this.#errors,
      p50: times?.p50_ms ?? null,
      p95: times?.p95_ms ?? null,
      p99: times?.p99_ms ?? null,
    };
  }
}
