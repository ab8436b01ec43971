import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "./clock.ts";
import { TokenBucket } from "./token-bucket.ts";

test("a burst passes, and then only what the rate brings", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock, 10, 3);
  assert.deepEqual(
    [1, 1, 1, 1].map((count) => bucket.take(count)),
    [true, true, true, false],
  );
  clock.advance(100);
  assert.deepEqual(
    [1, 1].map((count) => bucket.take(count)),
    [true, false],
  );
});

test("waiting never saves up more than the burst", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock, 10, 3);
  assert.ok(bucket.take(3));
  clock.advance(60_000);
  assert.ok(!bucket.take(4));
  assert.ok(bucket.take(3));
  assert.ok(!bucket.take(1));
});
