import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../stdx/clock.ts";
import { noLog } from "../stdx/log.ts";
import { Retention } from "./retention.ts";

const hour = 60 * 60 * 1000;
const day = 24 * hour;

/** A store that only knows when its jobs ended. */
class EndedJobs {
  ends: readonly number[];
  /** How many were deleted by each call. */
  readonly batches: number[] = [];
  refusal: Error | undefined;
  /** A call waits for this before it answers. */
  gate: Promise<void> = Promise.resolve();

  constructor(ends: readonly number[]) {
    this.ends = ends;
  }

  async deleteEndedBefore(instantMs: number, limit: number): Promise<number> {
    await this.gate;
    if (this.refusal) throw this.refusal;
    const due = this.ends.filter((end) => end < instantMs).slice(0, limit);
    this.ends = this.ends.filter((end) => !due.includes(end));
    this.batches.push(due.length);
    return due.length;
  }
}

/** Turns the clock, with a turn of the event loop after each step for what the timers began. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  const steps = 200;
  for (let step = 0; step < steps; step++) {
    clock.advance(ms / steps);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

test("a job is kept for so long after it ended, and no longer", async () => {
  const clock = new ManualClock();
  const almost = clock.now() - 7 * day + hour;
  const store = new EndedJobs([clock.now() - 7 * day - 1, almost]);
  await using _retention = new Retention({ store, clock, log: noLog, retentionMs: 7 * day });
  await pass(clock, hour / 2);
  assert.deepEqual(store.ends, [almost]);
  await pass(clock, hour);
  assert.deepEqual(store.ends, []);
});

test("many old jobs go in bounded batches, soon after one another", async () => {
  const clock = new ManualClock();
  const old = Array.from({ length: 600 }, (_, index) => clock.now() - 2 * hour - index);
  const store = new EndedJobs(old);
  const lines: object[] = [];
  const log = { ...noLog, info: (facts: object) => void lines.push(facts) };
  await using _retention = new Retention({ store, clock, log, retentionMs: hour });
  await pass(clock, 1000);
  assert.deepEqual(store.batches, [256, 256, 88, 0]);
  assert.deepEqual(lines, [{ jobs: 600 }]);
});

test("a store that refuses is asked again later", async () => {
  const clock = new ManualClock();
  const store = new EndedJobs([clock.now() - 2 * hour]);
  store.refusal = new Error("The disk is full.");
  const lines: object[] = [];
  const log = { ...noLog, warn: (facts: object) => void lines.push(facts) };
  await using _retention = new Retention({ store, clock, log, retentionMs: hour });
  await pass(clock, 1000);
  assert.deepEqual(lines, [{ err: store.refusal }]);
  store.refusal = undefined;
  await pass(clock, hour);
  assert.deepEqual(store.ends, []);
});

test("disposing waits for the deletion under way and lets no other begin", async () => {
  const clock = new ManualClock();
  const store = new EndedJobs([clock.now() - 2 * hour]);
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const retention = new Retention({ store, clock, log: noLog, retentionMs: hour });
  await pass(clock, 100);
  let disposed = false;
  const disposing = retention[Symbol.asyncDispose]().then(() => {
    disposed = true;
  });
  await pass(clock, 100);
  assert.equal(disposed, false);
  gate.resolve();
  await disposing;
  await pass(clock, hour);
  assert.deepEqual(store.batches, [1]);
});
