import assert from "node:assert/strict";
import { test } from "node:test";
import { callStatsSchema } from "../protocol/call-stats.ts";
import { ManualClock } from "../stdx/clock.ts";
import { CallStats } from "./call-stats.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The beginning of an hour. */
const start = Math.ceil(1_700_000_000_000 / hourMs) * hourMs;

function make(functionsMax?: number) {
  const clock = new ManualClock(start);
  const stats = new CallStats(clock, functionsMax);
  const call = (status = 200, durationMs = 10, path = "f") =>
    stats.callEnded({ namespace: "alice", path, language: "js", status, durationMs, cold: false });
  return { clock, stats, call };
}

test("calls and errors are counted by the minute and by the hour", () => {
  const { clock, stats, call } = make();
  call();
  call(500);
  call(404);
  clock.advance(2 * minuteMs);
  call(503);
  const { minutes, hours, last_hour, last_day } = stats.read("alice", "f");
  assert.deepEqual(minutes.calls.slice(-4), [0, 3, 0, 1]);
  assert.deepEqual(minutes.errors.slice(-4), [0, 1, 0, 1]);
  assert.deepEqual(minutes.at.slice(-2), [start / 1000 + 60, start / 1000 + 120]);
  assert.deepEqual([minutes.at.length, hours.at.length], [60, 24]);
  assert.deepEqual(hours.calls.slice(-2), [0, 4]);
  assert.partialDeepStrictEqual(last_hour, { calls: 4, errors: 2 });
  assert.deepEqual(last_day, { calls: 4, errors: 2 });
  callStatsSchema.strict().parse(stats.read("alice", "f"));
});

test("what is older than an hour, and then than a day, is forgotten", () => {
  const { clock, stats, call } = make();
  call(500, 100);
  clock.advance(61 * minuteMs);
  call(200, 1);
  const later = stats.read("alice", "f");
  assert.partialDeepStrictEqual(later.last_hour, { calls: 1, errors: 0 });
  assert.ok((later.last_hour.latency?.p99_ms ?? 0) < 2);
  assert.equal(later.last_day.calls, 2);
  clock.advance(24 * hourMs);
  const quiet = stats.read("alice", "f");
  assert.deepEqual([quiet.last_day.calls, quiet.last_hour.latency], [0, null]);
  assert.equal(quiet.last_hour.last_called_at, new Date(start + 61 * minuteMs).toISOString());
});

test("latencies are those of each period, and null where there was no call", () => {
  const { clock, stats, call } = make();
  for (let calls = 0; calls < 100; calls++) call(200, calls < 90 ? 10 : 1000);
  clock.advance(minuteMs);
  const { p50_ms, p99_ms } = stats.read("alice", "f").minutes;
  assert.equal(p50_ms.at(-1), null);
  assert.ok(Math.abs((p50_ms.at(-2) ?? 0) - 10) <= 1);
  assert.ok(Math.abs((p99_ms.at(-2) ?? 0) - 1000) <= 100);
});

test("functions are told apart", () => {
  const { stats, call } = make();
  call(200, 1, "f");
  call(200, 1, "f/g");
  assert.equal(stats.summary("alice", "f").calls, 1);
  assert.equal(stats.summary("bob", "f").calls, 0);
});

test("of too many functions those called longest ago are let go, and it is said since when they were missed", () => {
  const { clock, stats, call } = make(2);
  call(200, 1, "a");
  clock.advance(1000);
  call(200, 1, "b");
  clock.advance(1000);
  call(200, 1, "a");
  call(200, 1, "c");
  assert.deepEqual(
    ["a", "b", "c"].map((path) => stats.summary("alice", path).calls),
    [2, 0, 1],
  );
  const droppedAt = new Date(start + 2000).toISOString();
  assert.equal(stats.read("alice", "a").since, new Date(start).toISOString());
  assert.equal(stats.read("alice", "b").since, droppedAt);
  assert.equal(stats.read("alice", "c").since, droppedAt);
});
