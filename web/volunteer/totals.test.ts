import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addTotals,
  daysKept,
  minuteMs,
  minutesKept,
  noTotals,
  readTotals,
  sumOf,
  totalsOf,
} from "./totals.ts";

const noon = new Date(2026, 5, 1, 12).getTime();
const piece = (language: "js" | "lua", ms: number, at: number, failed = false) =>
  totalsOf({ language, ms, at, failed });

test("pieces of work add up by language, and failures are counted", () => {
  let totals = noTotals;
  totals = addTotals(totals, piece("js", 10, noon), noon);
  totals = addTotals(totals, piece("js", 5, noon + 1000), noon + 1000);
  totals = addTotals(totals, piece("lua", 1, noon + 2000, true), noon + 2000);
  assert.deepEqual(totals.amounts, { js: { pieces: 2, ms: 15 }, lua: { pieces: 1, ms: 1 } });
  assert.deepEqual(sumOf(totals.amounts), { pieces: 3, ms: 16 });
  assert.deepEqual([totals.failed, totals.since], [1, noon]);
});

test("the order in which tabs add theirs does not matter", () => {
  const [a, b, c] = [piece("js", 1, noon), piece("lua", 2, noon + 90_000), piece("js", 4, noon + 200_000)];
  const now = noon + 200_000;
  const one = addTotals(addTotals(a, b, now), c, now);
  assert.deepEqual(addTotals(addTotals(c, a, now), b, now), one);
});

test("a minute and a day gather what ended in them", () => {
  const totals = addTotals(piece("js", 1, noon), piece("js", 2, noon + 59_999), noon + 59_999);
  assert.deepEqual(totals.minutes, [{ at: noon, amounts: { js: { pieces: 2, ms: 3 } } }]);
  assert.deepEqual(
    totals.days.map(({ at }) => at),
    [new Date(2026, 5, 1).getTime()],
  );
});

test("minutes older than an hour and days older than thirty are let go, and the sum stays", () => {
  let totals = noTotals;
  for (let minute = 0; minute < 100 * 1440; minute += 30) {
    const at = noon + minute * minuteMs;
    totals = addTotals(totals, piece("js", 1, at), at);
  }
  assert.equal(sumOf(totals.amounts).pieces, 100 * 48);
  assert.equal(totals.minutes.length, 2);
  assert.equal(totals.days.length, daysKept);
  assert.ok(totals.minutes.length <= minutesKept);
});

test("what was kept reads back; what makes no sense is a first visit", () => {
  const totals = addTotals(piece("js", 10, noon), piece("lua", 3, noon, true), noon);
  assert.deepEqual(readTotals(structuredClone(totals)), totals);
  for (const nonsense of [undefined, null, 7, "x", [], { amounts: 3, minutes: {}, failed: -1 }]) {
    assert.deepEqual(readTotals(nonsense), noTotals);
  }
});
