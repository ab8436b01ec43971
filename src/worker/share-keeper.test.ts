import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ManualClock } from "../stdx/clock.ts";
import { restMsMax, ShareKeeper, savedMsMax, sliceMs } from "./share-keeper.ts";

interface Busy {
  readonly from: number;
  readonly to: number;
}

/** Does these jobs one after another, with no rest but what the keeper asks for. */
function work(share: number, jobsMs: readonly number[]): { busy: Busy[]; endsAt: number } {
  const clock = new ManualClock(0);
  const keeper = new ShareKeeper(clock, share);
  const busy: Busy[] = [];
  for (const ms of jobsMs) {
    clock.advance(keeper.restMs);
    const from = clock.monotonic();
    keeper.work();
    clock.advance(ms);
    keeper.rest();
    busy.push({ from, to: clock.monotonic() });
  }
  clock.advance(keeper.restMs);
  return { busy, endsAt: clock.monotonic() };
}

function busyMs(busy: readonly Busy[], from: number, to: number): number {
  return busy.reduce((sum, one) => sum + Math.max(0, Math.min(one.to, to) - Math.max(one.from, from)), 0);
}

const shares = fc.double({ min: 0.05, max: 1, noNaN: true });
const mixes = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 60_000 })), {
  minLength: 1,
  maxLength: 60,
});

test("whatever lengths the jobs have, a slot keeps to its share in the long run", () => {
  fc.assert(
    fc.property(shares, mixes, (share, jobsMs) => {
      const { busy, endsAt } = work(share, jobsMs);
      // The last rest has paid for everything, so all of the time counts.
      assert.ok(Math.abs(busyMs(busy, 0, endsAt) - share * endsAt) <= savedMsMax + 1);
    }),
  );
});

test("in no minute is a slot busy for more than its share, what it had saved, and one job's excess", () => {
  fc.assert(
    fc.property(shares, mixes, (share, jobsMs) => {
      const { busy } = work(share, jobsMs);
      const longest = Math.max(...jobsMs);
      for (const { from } of busy) {
        const inMinute = busyMs(busy, from, from + 60_000);
        assert.ok(inMinute <= share * 60_000 + savedMsMax + (1 - share) * longest + 1, `${inMinute} ms`);
      }
    }),
  );
});

test("a slot that was idle may do a little at once, and not for as long as it was idle", () => {
  const clock = new ManualClock(0);
  const keeper = new ShareKeeper(clock, 0.25);
  clock.advance(3_600_000);
  assert.equal(keeper.sliceLeftMs, savedMsMax / 0.75 + sliceMs);
});

test("a whole slot never rests", () => {
  const clock = new ManualClock(0);
  const keeper = new ShareKeeper(clock, 1);
  keeper.work();
  clock.advance(60_000);
  keeper.rest();
  assert.equal(keeper.restMs, 0);
  assert.equal(keeper.sliceLeftMs, Number.POSITIVE_INFINITY);
});

test("a change of the share counts from then on, and a debt is forgiven when all of the time is given", () => {
  const clock = new ManualClock(0);
  const keeper = new ShareKeeper(clock, 0.25);
  keeper.work();
  clock.advance(1000);
  keeper.rest();
  assert.equal(keeper.restMs, 3000);
  keeper.share = 0.5;
  assert.equal(keeper.restMs, 1500);
  keeper.share = 1;
  assert.equal(keeper.restMs, 0);
});

test("a machine that slept in the middle of a job does not rest for days", () => {
  const clock = new ManualClock(0);
  const keeper = new ShareKeeper(clock, 0.05);
  keeper.work();
  clock.advance(24 * 3_600_000);
  keeper.rest();
  assert.ok(keeper.restMs <= restMsMax);
});
