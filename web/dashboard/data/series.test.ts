import assert from "node:assert/strict";
import { test } from "node:test";
import type { OverviewPoint } from "../../../src/protocol/overview.ts";
import { noSeries, recentMean, secondsShown, smoothed, summed, withPoint } from "./series.ts";

function pointAt(at: number): OverviewPoint {
  return {
    at,
    jobs_accepted: 1,
    jobs_completed: 2,
    jobs_failed: 3,
    jobs_cancelled: 4,
    calls_ok: 5,
    calls_failed: 6,
    jobs_waiting: 7,
    slots: 8,
    slots_busy: 9,
    job_p50_ms: 10,
    job_p95_ms: 11,
    wait_p50_ms: 12,
    wait_p95_ms: 13,
    call_p50_ms: null,
    call_p95_ms: 15,
  };
}

test("a point is added to every column", () => {
  const series = withPoint(noSeries, pointAt(100));
  assert.deepEqual(
    Object.fromEntries(Object.entries(series).map(([name, column]) => [name, column[0]])),
    pointAt(100),
  );
});

test("a second that was there already changes nothing", () => {
  const series = withPoint(withPoint(noSeries, pointAt(100)), pointAt(101));
  assert.equal(withPoint(series, pointAt(101)), series);
});

test("the oldest seconds go when there are too many", () => {
  let series = noSeries;
  for (let at = 1; at <= secondsShown + 5; at++) series = withPoint(series, pointAt(at));
  assert.equal(series.at.length, secondsShown);
  assert.equal(series.at[0], 6);
  assert.equal(series.slots.length, secondsShown);
});

test("means, sums and smoothing", () => {
  assert.equal(recentMean([9, 1, 2, 3], 3), 2);
  assert.equal(recentMean([], 3), 0);
  assert.deepEqual(summed([1, 2], [10, 20], [100, 200]), [111, 222]);
  assert.deepEqual(smoothed([3, 5, 1, 9], 2), [3, 4, 3, 5]);
});
