import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type OverviewTick,
  overviewLimits,
  overviewSchema,
  overviewTickSchema,
} from "../protocol/overview.ts";
import { ManualClock } from "../stdx/clock.ts";
import { type Gauges, LiveOverview, type OverviewEvent } from "./overview.ts";
import { Tally } from "./tally.ts";

const kind = { language: "js", namespace: "alice" } as const;
const ended = { ...kind, errorCode: undefined, runMs: 1, wallMs: undefined } as const;
const called = { ...kind, path: "f", cold: false } as const;

class FakeGauges implements Gauges {
  waiting = 0;
  breakdowns = 0;

  standing() {
    return { waiting: this.waiting, running: 3, slots: 4, busySlots: 3 };
  }

  breakdown(namespacesMax: number) {
    this.breakdowns++;
    const byNamespace = [
      { namespace: "alice", waiting: 5 },
      { namespace: "bob", waiting: 1 },
    ].slice(0, namespacesMax);
    const byLanguage = { js: this.waiting, lua: 0, python: 0, wasm: 0 };
    const volunteers = { native: 1, browser: 2, internal: 0, other: 0 };
    return { queueMax: 100, byLanguage, byNamespace, volunteers };
  }
}

function make() {
  const clock = new ManualClock(1_700_000_000_000);
  const gauges = new FakeGauges();
  const tally = new Tally();
  const overview = new LiveOverview({ gauges, tally, clock });
  return { clock, gauges, tally, overview };
}

/** What waits for the reader of a feed. */
async function readAll(feed: ReturnType<LiveOverview["watch"]>): Promise<OverviewEvent[]> {
  feed.finish();
  return Array.fromAsync(feed);
}

test("what happens in a second is in that second's point", () => {
  const { clock, tally, overview } = make();
  tally.jobAccepted();
  tally.jobAccepted();
  tally.jobEnded({ ...ended, status: "completed", totalMs: 20 });
  tally.callEnded({ ...called, status: 404, durationMs: 1 });
  clock.advance(1000);
  tally.jobEnded({ ...ended, status: "failed", totalMs: 20 });
  tally.jobEnded({ ...ended, status: "cancelled", totalMs: 20 });
  tally.callEnded({ ...called, status: 503, durationMs: 1 });
  clock.advance(1000);
  const { series } = overview.snapshot(5);
  assert.deepEqual(series.at, [1_700_000_001, 1_700_000_002]);
  assert.deepEqual(series.jobs_accepted, [2, 0]);
  assert.deepEqual(series.jobs_completed, [1, 0]);
  assert.deepEqual(series.jobs_failed, [0, 1]);
  assert.deepEqual(series.jobs_cancelled, [0, 1]);
  assert.deepEqual(series.calls_ok, [1, 0]);
  assert.deepEqual(series.calls_failed, [0, 1]);
  assert.deepEqual(series.slots_busy, [3, 3]);
});

test("latencies are those of the last half minute, and null when there are none", () => {
  const { clock, tally, overview } = make();
  assert.equal(overview.snapshot(1).latency.job, null);
  for (let times = 0; times < 99; times++) {
    tally.jobEnded({ ...ended, status: "completed", totalMs: 10 });
  }
  tally.jobEnded({ ...ended, status: "completed", totalMs: 1000 });
  tally.jobStarted({ ...kind, waitMs: 7, again: false });
  tally.jobStarted({ ...kind, waitMs: 70_000, again: true });
  clock.advance(1000);
  const { job, wait } = overview.snapshot(1).latency;
  assert.equal(job?.count, 100);
  assert.ok(Math.abs((job?.p50_ms ?? 0) - 10) <= 1, "within a tenth");
  assert.ok(Math.abs((job?.p99_ms ?? 0) - 10) <= 1, "the hundredth is the one above");
  assert.equal(wait?.count, 1, "a second run says nothing about waiting");
  clock.advance(overviewLimits.latencySeconds * 1000);
  const later = overview.snapshot(1);
  assert.equal(later.latency.job, null);
  assert.equal(later.point.job_p50_ms, null);
});

test("an overview and a tick are what the protocol says", async () => {
  const { clock, gauges, overview } = make();
  gauges.waiting = 9;
  const feed = overview.watch(5);
  clock.advance(1000);
  const [first, second] = await readAll(feed);
  assert.ok(first?.kind === "overview" && second?.kind === "tick");
  assert.equal(overviewSchema.strict().parse(JSON.parse(first.json)).series.at.length, 0);
  const tick = overviewTickSchema.strict().parse(JSON.parse(second.json));
  assert.deepEqual(tick.queue, {
    waiting: 9,
    max: 100,
    by_language: { js: 9, lua: 0, python: 0, wasm: 0 },
    by_namespace: [
      { namespace: "alice", waiting: 5 },
      { namespace: "bob", waiting: 1 },
    ],
    other_namespaces: 3,
  });
  assert.deepEqual(tick.volunteers, { total: 3, by_kind: { native: 1, browser: 2, internal: 0, other: 0 } });
});

test("the series reach back as far as asked, and no further than ten minutes", () => {
  const { clock, overview } = make();
  clock.advance(11 * 60 * 1000);
  assert.equal(overview.snapshot(1).series.at.length, 60);
  const { at, wait_p50_ms } = overview.snapshot(10).series;
  assert.deepEqual([at.length, wait_p50_ms.length], [600, 600]);
  assert.equal(at.at(-1), 1_700_000_660);
});

test("nothing is put together while nobody looks, and once for all who do", async () => {
  const { clock, gauges, overview } = make();
  clock.advance(5000);
  assert.equal(gauges.breakdowns, 0);
  const feeds = [overview.watch(1), overview.watch(1)];
  assert.equal(gauges.breakdowns, 2);
  clock.advance(3000);
  assert.equal(gauges.breakdowns, 5);
  const [one, two] = await Promise.all(feeds.map(readAll));
  assert.deepEqual(one?.slice(1), two?.slice(1));
  assert.equal(one?.length, 4);
  clock.advance(3000);
  assert.equal(gauges.breakdowns, 5, "those who left are not served");
});

test("a reader that falls behind is told so and let go", async () => {
  const { clock, overview } = make();
  const feed = overview.watch(1);
  clock.advance(20_000);
  const events = await Array.fromAsync(feed);
  assert.deepEqual(
    events.map((event) => event.kind),
    ["lagged"],
  );
});

test("ticks come at whole seconds, however it began", () => {
  const clock = new ManualClock(1_700_000_000_300);
  const overview = new LiveOverview({ gauges: new FakeGauges(), tally: new Tally(), clock });
  clock.advance(2000);
  const ticks: OverviewTick[] = [overview.snapshot(1)];
  assert.equal(ticks[0]?.point.at, 1_700_000_002);
});

test("a stopped overview ends its streams and keeps no time", async () => {
  const { clock, overview } = make();
  const feed = overview.watch(1);
  overview[Symbol.dispose]();
  clock.advance(5000);
  assert.deepEqual(await Array.fromAsync(feed), []);
  assert.equal(overview.snapshot(1).series.at.length, 0);
});
