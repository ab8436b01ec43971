import assert from "node:assert/strict";
import { test } from "node:test";
import { Counter, Histogram, Registry } from "prom-client";
import { LabelledCounter, LabelledHistogram } from "./figures.ts";

const counterSpec = { name: "c", help: "Counts.", labelNames: ["a", "b"] } as const;
const histogramSpec = { name: "h", help: "Times.", labelNames: ["a"] } as const;
const bounds = [0.1, 1, 10];

test("counts and distributions read as the library's own do", async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const counter = new LabelledCounter(ours, counterSpec);
  const histogram = new LabelledHistogram(ours, histogramSpec, bounds);
  const theirCounter = new Counter({ ...counterSpec, labelNames: ["a", "b"], registers: [theirs] });
  const theirHistogram = new Histogram({
    ...histogramSpec,
    labelNames: ["a"],
    buckets: bounds,
    registers: [theirs],
  });
  for (const [a, b] of [
    ["x", "1"],
    ["x", "1"],
    ["y", "2"],
  ] as const) {
    counter.count(a, b);
    theirCounter.inc({ a, b });
  }
  for (const value of [0, 0.1, 0.5, 1, 9, 10, 11, 1000]) {
    histogram.measure(value, "x");
    theirHistogram.observe({ a: "x" }, value);
  }
  assert.equal(await ours.metrics(), await theirs.metrics());
});

test("what is forgotten is no longer told", async () => {
  const registry = new Registry();
  const counter = new LabelledCounter(registry, counterSpec);
  counter.count("x", "1");
  counter.count("y", "2");
  counter.forget("x", "1");
  const text = await registry.metrics();
  assert.ok(text.includes('c{a="y",b="2"} 1') && !text.includes('a="x"'));
});
