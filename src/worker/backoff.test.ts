import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "./backoff.ts";

test("waiting times double up to the most, and begin anew after a reset", () => {
  const backoff = new Backoff(100, 1000, () => 1);
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map(() => backoff.nextMs()),
    [100, 200, 400, 800, 1000, 1000],
  );
  backoff.reset();
  assert.equal(backoff.nextMs(), 100);
});

test("jitter keeps each wait within the upper half of its step", () => {
  assert.equal(new Backoff(100, 1000, () => 0).nextMs(), 50);
});
