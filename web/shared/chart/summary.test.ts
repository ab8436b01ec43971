import assert from "node:assert/strict";
import { test } from "node:test";
import { chartSummary, stacked } from "./summary.ts";

const series = [
  { label: "Python", colour: "--series-1", values: [1, null, 3] },
  { label: "Lua", colour: "--series-3", values: [2, 2, null] },
];

test("a chart is told in words: each line's present, least and greatest value", () => {
  assert.equal(
    chartSummary("Queue", [...series, { label: "wasm", colour: "--series-4", values: [null] }], String),
    "Queue. Python: now 3, between 1 and 3; Lua: now 2, between 2 and 2; wasm: nothing measured yet.",
  );
});

test("stacked lines stand on those before them, and a gap adds nothing", () => {
  assert.deepEqual(stacked(series, 3), [
    [1, null, 3],
    [3, 2, null],
  ]);
});
