import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../src/stdx/clock.ts";
import { SleepWatch } from "./sleep-watch.ts";

test("time that passes while nothing runs is a sleep, once; time that ticks is none", () => {
  const clock = new ManualClock();
  let woke = 0;
  using _watch = new SleepWatch(clock, () => {
    woke++;
  });
  clock.advance(60_000);
  assert.equal(woke, 0);
  clock.stall(60_000);
  assert.equal(woke, 1);
  clock.advance(60_000);
  assert.equal(woke, 1);
});

test("a machine that is only slow has not slept", () => {
  const clock = new ManualClock();
  let woke = 0;
  using _watch = new SleepWatch(clock, () => {
    woke++;
  });
  clock.stall(10_000);
  assert.equal(woke, 0);
});
