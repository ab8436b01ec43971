import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Histogram, SlidingHistogram } from "./histogram.ts";

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

test("a histogram of nothing has no quantiles", () => {
  assert.equal(new Histogram().quantile(0.5), undefined);
});

test("a quantile is within a tenth of the value that sorting would find", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.1, max: 3_600_000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (values, part) => {
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1] ?? 0;
        const told = histogramOf(values).quantile(part) ?? 0;
        assert.ok(Math.abs(told - exact) <= exact * 0.1, `${told} for ${exact}`);
      },
    ),
  );
});

test("what is too small counts as nothing, and what is too large as the largest", () => {
  assert.equal(histogramOf([0, -1, Number.NaN, 0.01]).quantile(0.99), 0);
  assert.ok((histogramOf([1e12]).quantile(0.5) ?? 0) > 3_600_000);
});

test("a sliding histogram forgets what is older than its periods", () => {
  const sliding = new SlidingHistogram(3);
  sliding.add(100);
  sliding.turn();
  sliding.add(1);
  sliding.turn();
  assert.equal(sliding.count, 2);
  sliding.turn();
  assert.equal(sliding.count, 1);
  assert.ok((sliding.quantile(0.99) ?? 0) < 2);
  sliding.turn();
  assert.equal(sliding.quantile(0.5), undefined);
});
