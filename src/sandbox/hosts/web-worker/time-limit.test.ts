import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../stdx/clock.ts";
import { TimeLimit } from "./time-limit.ts";

function limit() {
  const clock = new ManualClock();
  const overruns: number[] = [];
  const begun = clock.monotonic();
  const meter = new TimeLimit(clock, () => overruns.push(clock.monotonic() - begun));
  const begin = (timeoutMs: number) => meter.begin({ startedAt: clock.monotonic(), timeoutMs, memoryMb: 64 });
  return { clock, meter, overruns, begin };
}

test("a task that takes its whole time is told, once", () => {
  const { clock, overruns, begin } = limit();
  begin(1000);
  clock.advance(999);
  assert.deepEqual(overruns, []);
  clock.advance(5000);
  assert.deepEqual(overruns, [1000]);
});

test("a task's time begins with its turn, not with that of one before it", () => {
  const { clock, meter, overruns, begin } = limit();
  begin(1000);
  clock.advance(600);
  meter.end();
  begin(1000);
  clock.advance(900);
  assert.deepEqual(overruns, []);
  clock.advance(100);
  assert.deepEqual(overruns, [1600]);
});

test("a short time is kept behind a long one", () => {
  const { clock, meter, overruns, begin } = limit();
  begin(60_000);
  meter.end();
  begin(10);
  clock.advance(10);
  assert.deepEqual(overruns, [10]);
});

test("between tasks, and after its end, nothing is told", () => {
  const { clock, meter, overruns, begin } = limit();
  begin(100);
  meter.end();
  clock.advance(1000);
  begin(100);
  meter.stop();
  clock.advance(1000);
  assert.deepEqual(overruns, []);
});
