import type { CallStatsView } from "../../../../src/protocol/call-stats.ts";

/** Calls over time as a chart takes them. */
export interface CallSeries {
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly answered: readonly number[];
  readonly errors: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
}

export function seriesOf({ at, calls, errors, p50_ms, p95_ms }: CallStatsView["minutes"]): CallSeries {
  return {
    times: at.map((seconds) => seconds * 1000),
    answered: calls.map((count, index) => count - (errors[index] ?? 0)),
    errors,
    p50: p50_ms,
    p95: p95_ms,
  };
}
