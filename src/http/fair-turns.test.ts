import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../stdx/clock.ts";
import { FairTurns } from "./fair-turns.ts";

/** Requests that take 3 ms each, from addresses that are named by letters. */
function make() {
  const clock = new ManualClock();
  const turns = new FairTurns(clock);
  const begun: string[] = [];
  const take = (address: string) => {
    turns.take(address, () => {
      begun.push(address);
      clock.stall(3);
    });
  };
  return { begun, take };
}

test("requests are begun at once while the turn has time for them", () => {
  const { begun, take } = make();
  for (const address of "aba") take(address);
  assert.equal(begun.join(""), "aba");
});

test("beyond that they wait for the next turn, one of each address after the other", async () => {
  const { begun, take } = make();
  for (const address of "aaaaaaaabc") take(address);
  assert.equal(begun.join(""), "aaa");
  await nextTurn();
  assert.equal(begun.join(""), "aaaabc");
  await nextTurn();
  assert.equal(begun.join(""), "aaaabcaaa");
  await nextTurn();
  assert.equal(begun.join(""), "aaaabcaaaa");
});

test("who comes while others wait does not get before them", async () => {
  const { begun, take } = make();
  for (const address of "aaaa") take(address);
  take("b");
  await nextTurn();
  assert.equal(begun.join(""), "aaaab");
});
