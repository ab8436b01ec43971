import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "../../tests/support/settled.ts";
import { logLimits } from "../protocol/functions.ts";
import { ManualClock } from "../stdx/clock.ts";
import { LogRetention } from "./log-retention.ts";

/** Deletes as often as it is told that there is more. */
function make(answers: (boolean | Error)[]) {
  const clock = new ManualClock();
  const before: number[] = [];
  const warnings: object[] = [];
  const store = {
    async deleteBefore(instantMs: number): Promise<boolean> {
      before.push(clock.now() - instantMs);
      const answer = answers.shift() ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const retention = new LogRetention({ store, clock, log: { warn: (facts) => void warnings.push(facts) } });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
    return before.length;
  };
  return { retention, before, warnings, pass };
}

test("old lines are deleted from the start on, batch after batch while there are more, then every minute", async () => {
  const { before, pass } = make([true, true, false]);
  assert.equal(await pass(0), 1);
  assert.equal(await pass(20), 2);
  assert.equal(await pass(20), 3);
  assert.equal(await pass(59_999), 3);
  assert.equal(await pass(1), 4);
  assert.deepEqual(new Set(before), new Set([logLimits.retentionMs]));
});

test("what cannot be deleted is tried again a minute later", async () => {
  const { warnings, pass } = make([new Error("no disk")]);
  await pass(0);
  assert.equal(warnings.length, 1);
  assert.equal(await pass(60_000), 2);
  assert.equal(warnings.length, 1);
});

test("nothing is deleted after the end", async () => {
  const { retention, pass } = make([true]);
  await pass(0);
  await retention[Symbol.asyncDispose]();
  assert.equal(await pass(600_000), 1);
});
