import assert from "node:assert/strict";
import { test } from "node:test";
import { historyOf, niceTop } from "./history.ts";
import { addTotals, minuteMs, noTotals, totalsOf } from "./totals.ts";

const noon = new Date(2026, 5, 15, 12).getTime();

test("an hour has sixty bars and a month thirty, the last of them now", () => {
  const hour = historyOf(noTotals, "hour", noon);
  const month = historyOf(noTotals, "month", noon);
  assert.deepEqual([hour.bars.length, hour.bars.at(-1)?.at], [60, noon]);
  assert.deepEqual([month.bars.length, month.bars.at(-1)?.at], [30, new Date(2026, 5, 15).getTime()]);
  assert.equal(new Set(month.bars.map(({ at }) => at)).size, 30);
});

test("the days of a month begin at midnight, also where clocks were changed", () => {
  const { bars } = historyOf(noTotals, "month", new Date(2026, 3, 10, 12).getTime());
  assert.ok(bars.every(({ at }) => new Date(at).getHours() === 0));
});

test("languages stand on each other", () => {
  const at = noon - minuteMs;
  const done = addTotals(
    totalsOf({ language: "js", ms: 300, failed: false, at }),
    totalsOf({ language: "lua", ms: 200, failed: false, at }),
    noon,
  );
  const { bars, ms, pieces, topMs } = historyOf(done, "hour", noon);
  assert.deepEqual(bars.at(-2)?.parts, [
    { language: "lua", fromMs: 0, ms: 200 },
    { language: "js", fromMs: 200, ms: 300 },
  ]);
  assert.deepEqual([ms, pieces, topMs], [500, 2, 1000]);
});

test("the picture's height is a span that people know", () => {
  assert.deepEqual(
    [0, 1, 1500, 61_000, 100 * 3_600_000].map(niceTop),
    [1000, 1000, 2000, 120_000, 432_000_000],
  );
});
