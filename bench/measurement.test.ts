import assert from "node:assert/strict";
import { test } from "node:test";
import { isMet, type Measurement, quantile, ratioOf } from "./measurement.ts";

const rate: Measurement = { name: "rate", unit: "jobs/s", measured: 50, goal: { atLeast: 40 } };

test("a goal is met on its own side, the bound itself included", () => {
  assert.equal(isMet(rate), true);
  assert.equal(isMet({ ...rate, measured: 40 }), true);
  assert.equal(isMet({ ...rate, measured: 39 }), false);
  assert.equal(isMet({ ...rate, goal: { atMost: 40 } }), false);
});

test("a ratio that falls short spoils a rate that does not", () => {
  const measurement = { ...rate, baseline: { name: "floor", value: 200 } };
  assert.equal(ratioOf(measurement), 0.25);
  assert.equal(isMet({ ...measurement, ratioGoal: { atLeast: 0.25 } }), true);
  assert.equal(isMet({ ...measurement, ratioGoal: { atLeast: 0.3 } }), false);
});

test("quantiles are values that occurred", () => {
  assert.equal(quantile([5, 1, 3]), 3);
  assert.equal(
    quantile(
      Array.from({ length: 100 }, (_, index) => index + 1),
      0.99,
    ),
    100,
  );
  assert.equal(quantile([7], 0.99), 7);
});
