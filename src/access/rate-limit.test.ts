import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../stdx/clock.ts";
import { policyText, RateLimit, stateText } from "./rate-limit.ts";

const policy = { name: "address", perSecond: 2 };

test("what is left and when there is more is told truly", () => {
  const clock = new ManualClock();
  const limit = new RateLimit(policy, clock);
  assert.equal(policyText(policy), '"address";q=20;w=10');
  let state = limit.take("a");
  for (let at = 1; at < 20; at++) state = limit.take("a");
  assert.deepEqual([state.allowed, state.remaining], [true, 0]);
  state = limit.take("a");
  assert.equal(state.allowed, false);
  assert.equal(stateText(state), '"address";r=0;t=1');
  clock.advance(state.resetSeconds * 1000);
  assert.equal(limit.take("a").allowed, true);
  assert.equal(limit.take("b").remaining, 19);
});

test("however many there are, so many are remembered: those that were seen last", () => {
  const limit = new RateLimit(policy, new ManualClock(), 3);
  for (let at = 0; at < 25; at++) limit.take("busy");
  for (let at = 0; at < 1000; at++) {
    limit.take(`stranger ${at}`);
    assert.equal(limit.take("busy").allowed, false);
  }
  assert.equal(limit.size, 3);
});
