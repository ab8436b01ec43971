import type { OverviewPoint, OverviewSeries } from "../../../src/protocol/overview.ts";

/** Before anything was told. */
export const noSeries: OverviewSeries = {
  at: [],
  jobs_accepted: [],
  jobs_completed: [],
  jobs_failed: [],
  jobs_cancelled: [],
  calls_ok: [],
  calls_failed: [],
  jobs_waiting: [],
  slots: [],
  slots_busy: [],
  job_p50_ms: [],
  job_p95_ms: [],
  wait_p50_ms: [],
  wait_p95_ms: [],
  call_p50_ms: [],
  call_p95_ms: [],
};

/** How many seconds the charts show. */
export const secondsShown = 300;

/**
 * The series with one more second, the oldest ones gone where there are too many. A second that is in it already changes
 * nothing: after a reconnection the last one may come twice.
 */
export function withPoint(series: OverviewSeries, point: OverviewPoint): OverviewSeries {
  if (point.at <= (series.at.at(-1) ?? 0)) return series;
  const next = <Value>(column: readonly Value[], value: Value) => [...column, value].slice(-secondsShown);
  return {
    at: next(series.at, point.at),
    jobs_accepted: next(series.jobs_accepted, point.jobs_accepted),
    jobs_completed: next(series.jobs_completed, point.jobs_completed),
    jobs_failed: next(series.jobs_failed, point.jobs_failed),
    jobs_cancelled: next(series.jobs_cancelled, point.jobs_cancelled),
    calls_ok: next(series.calls_ok, point.calls_ok),
    calls_failed: next(series.calls_failed, point.calls_failed),
    jobs_waiting: next(series.jobs_waiting, point.jobs_waiting),
    slots: next(series.slots, point.slots),
    slots_busy: next(series.slots_busy, point.slots_busy),
    job_p50_ms: next(series.job_p50_ms, point.job_p50_ms),
    job_p95_ms: next(series.job_p95_ms, point.job_p95_ms),
    wait_p50_ms: next(series.wait_p50_ms, point.wait_p50_ms),
    wait_p95_ms: next(series.wait_p95_ms, point.wait_p95_ms),
    call_p50_ms: next(series.call_p50_ms, point.call_p50_ms),
    call_p95_ms: next(series.call_p95_ms, point.call_p95_ms),
  };
}

/** The mean of the last values. */
export function recentMean(values: readonly number[], count: number): number {
  const recent = values.slice(-count);
  return recent.length === 0 ? 0 : recent.reduce((sum, value) => sum + value, 0) / recent.length;
}

/** Sums two columns, second by second. */
export function summed(...columns: readonly (readonly number[])[]): number[] {
  const [first = []] = columns;
  return first.map((_, index) => columns.reduce((sum, column) => sum + (column[index] ?? 0), 0));
}

/** A mean over the seconds around each, so that a line shows its course and not each second's luck. */
export function smoothed(values: readonly number[], seconds: number): number[] {
  let sum = 0;
  return values.map((value, index) => {
    sum += value - (index >= seconds ? (values[index - seconds] ?? 0) : 0);
    return sum / Math.min(seconds, index + 1);
  });
}
