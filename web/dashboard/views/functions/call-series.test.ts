import assert from "node:assert/strict";
import { test } from "node:test";
import { seriesOf } from "./call-series.ts";

test("errors are taken out of the calls, so that both add up to all", () => {
  const series = seriesOf({
    at: [60, 120],
    calls: [3, 0],
    errors: [1, 0],
    p50_ms: [2, null],
    p95_ms: [4, null],
    p99_ms: [5, null],
  });
  assert.deepEqual(series, {
    times: [60_000, 120_000],
    answered: [2, 0],
    errors: [1, 0],
    p50: [2, null],
    p95: [4, null],
  });
});
