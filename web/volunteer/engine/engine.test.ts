import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestratorLinkEvents } from "../../../src/protocol/link.ts";
import type { VolunteerMessage } from "../../../src/protocol/volunteer.ts";
import { ManualClock } from "../../../src/stdx/clock.ts";
import { noLog } from "../../../src/stdx/log.ts";
import { FakeCellHost } from "../../../tests/support/fake-cells.ts";
import { addTotals, noTotals, sumOf } from "../totals.ts";
import { Engine } from "./engine.ts";
import type { EngineSettings, EngineSnapshot } from "./messages.ts";

const settings: EngineSettings = {
  slots: 1,
  sharePercent: 100,
  memoryMb: 512,
  namespaces: undefined,
  token: undefined,
  python: true,
  pythonReady: false,
};

interface FakeLink {
  readonly events: OrchestratorLinkEvents;
  readonly sent: VolunteerMessage[];
  open: boolean;
}

function engineForTest() {
  const clock = new ManualClock();
  const cells = new FakeCellHost(() => clock.monotonic());
  const links: FakeLink[] = [];
  const snapshots: EngineSnapshot[] = [];
  const kept = { totals: noTotals };
  const engine = new Engine({
    connect: (events) => {
      const link: FakeLink = { events, sent: [], open: true };
      links.push(link);
      return {
        send: (message) => {
          link.sent.push(message);
          if (message.type === "drain") setImmediate(() => events.messages([{ type: "drain" }]));
        },
        close: () => {
          if (!link.open) return;
          link.open = false;
          events.closed(1000, "");
        },
      };
    },
    cells,
    modules: { module: () => Promise.reject(new Error("There are no modules here.")) },
    clock,
    log: noLog,
    totals: {
      read: async () => kept.totals,
      add: async (more, now) => {
        kept.totals = addTotals(kept.totals, more, now);
        return kept.totals;
      },
    },
    agent: "test",
    capabilities: { js: true, lua: true, wasm: true, python: true, db: true },
    working: () => {},
    pythonLoad: () => ({ kind: "absent" }),
    report: (snapshot) => snapshots.push(snapshot),
  });
  const opened = (link: FakeLink) => {
    link.events.opened();
    link.events.messages([
      { type: "ack", volunteer_id: "v", message: "hello", heartbeat_interval_ms: 600_000 },
    ]);
  };
  const last = () => {
    const snapshot = snapshots.at(-1);
    assert.ok(snapshot);
    return snapshot;
  };
  return { engine, clock, cells, links, last, opened, kept };
}

/** What has been set going has come to rest: the echo of a drain, and the closing after it. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
const at = (links: readonly FakeLink[], index: number): FakeLink => {
  const link = links[index];
  assert.ok(link, `link ${index}`);
  return link;
};

test("nothing connects before it is told to work", () => {
  const { links, engine } = engineForTest();
  assert.deepEqual(links, []);
  engine.work(settings);
  at(links, 0).events.opened();
  assert.partialDeepStrictEqual(at(links, 0).sent[0], {
    type: "ready",
    slots: 1,
    isolation: "unknown",
    capabilities: { python: true, max_memory_mb: 512 },
  });
});

test("a slider that is dragged makes one new connection, when it is let go of", async () => {
  const { engine, links, clock, opened } = engineForTest();
  engine.work(settings);
  opened(at(links, 0));
  for (const slots of [2, 3, 4]) {
    engine.work({ ...settings, slots });
    clock.advance(200);
  }
  assert.equal(links.length, 1);
  clock.advance(400);
  await settled();
  assert.equal(links.length, 2);
  at(links, 1).events.opened();
  assert.partialDeepStrictEqual(at(links, 1).sent[0], { type: "ready", slots: 4 });
  assert.equal(at(links, 0).open, false);
});

test("another share keeps the connection", () => {
  const { engine, links, clock, opened } = engineForTest();
  engine.work(settings);
  opened(at(links, 0));
  engine.work({ ...settings, sharePercent: 25 });
  clock.advance(5000);
  assert.equal(links.length, 1);
});

test("a rest lets what runs end, tells of it, and leaves; its work is counted", async () => {
  const { engine, links, clock, opened, cells, last, kept } = engineForTest();
  engine.work(settings);
  const link = at(links, 0);
  opened(link);
  link.events.messages([
    {
      type: "job",
      job_id: "job",
      job_type: "js",
      code: "1",
      input_data: null,
      timeout_seconds: 30,
      lease: 1,
      slot: 0,
      namespace: "alice",
      memory_mb: 256,
    },
  ]);
  const rested = engine.rest(10_000);
  clock.advance(200);
  assert.equal(last().phase, "finishing");
  assert.equal(last().slots[0]?.work?.namespace, "alice");
  cells.cells[0]?.runs[0]?.complete("1");
  await rested;
  clock.advance(200);
  assert.deepEqual([last().phase, last().piecesHere, link.open], ["off", 1, false]);
  assert.equal(sumOf(kept.totals.amounts).pieces, 1);
});

test("work that is wanted again in the middle of a rest goes on", async () => {
  const { engine, links, clock, opened, last } = engineForTest();
  engine.work(settings);
  opened(at(links, 0));
  const rested = engine.rest(10_000);
  engine.work(settings);
  await rested;
  clock.advance(200);
  assert.equal(last().phase, "working");
  assert.equal(links.length, 2);
});

test("after sleep the connection is made anew at once", async () => {
  const { engine, links, clock, opened } = engineForTest();
  engine.work(settings);
  opened(at(links, 0));
  clock.stall(120_000);
  clock.advance(0);
  assert.equal(at(links, 0).open, false);
  assert.equal(links.length, 2);
});
