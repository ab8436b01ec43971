import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeCellHost } from "../../tests/support/fake-cells.ts";
import { settled } from "../../tests/support/settled.ts";
import type { OrchestratorLinkEvents } from "../protocol/link.ts";
import type { OrchestratorMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import { ManualClock } from "../stdx/clock.ts";
import { noLog } from "../stdx/log.ts";
import { Backoff } from "./backoff.ts";
import type { WorkerObserver } from "./observer.ts";
import { Worker } from "./worker.ts";

interface FakeLink {
  events: OrchestratorLinkEvents;
  sent: VolunteerMessage[];
  closed: boolean;
}

function recordingObserver() {
  const told: unknown[] = [];
  const observer: WorkerObserver = {
    link: (state) => told.push(state),
    intake: (state) => told.push(state),
    began: (work) => told.push(["began", work]),
    ended: (work, end) => told.push(["ended", work.id, end]),
    resting: (slot, resting) => told.push(["resting", slot, resting]),
  };
  return { told, observer };
}

function workerForTest() {
  const clock = new ManualClock();
  const cells = new FakeCellHost(() => clock.monotonic());
  const links: FakeLink[] = [];
  const { told, observer } = recordingObserver();
  const worker = new Worker(
    {
      connect: (events) => {
        const link: FakeLink = { events, sent: [], closed: false };
        links.push(link);
        return {
          send: (message) => void link.sent.push(message),
          close: () => {
            link.closed = true;
            events.closed(1000, "");
          },
        };
      },
      cells,
      modules: { module: () => Promise.reject(new Error("There are no modules here.")) },
      clock,
      log: noLog,
      backoff: new Backoff(500, 30_000, () => 1),
      observer,
    },
    {
      slots: 2,
      namespaces: ["alice"],
      capabilities: { js: true, lua: true, wasm: true, python: false, max_memory_mb: 512 },
      agent: "test",
      share: 1,
    },
  );
  worker.start();
  const link = () => {
    const last = links.at(-1);
    assert.ok(last);
    return last;
  };
  const open = () => {
    link().events.opened();
    link().events.messages([
      { type: "ack", volunteer_id: "v", message: "hello", heartbeat_interval_ms: 1000 },
    ]);
  };
  return { worker, clock, cells, links, link, open, told };
}

const jobFor = (slot: number, fields: object = {}): OrchestratorMessage => ({
  type: "job",
  job_id: `job-${slot}`,
  job_type: "js",
  code: "1",
  input_data: null,
  timeout_seconds: 30,
  lease: slot + 100,
  slot,
  namespace: "alice",
  memory_mb: 256,
  ...fields,
});

const types = (link: FakeLink) => link.sent.map(({ type }) => type);

test("a worker introduces itself with its slots, namespaces and capabilities", () => {
  const { link, open } = workerForTest();
  open();
  assert.deepEqual(link().sent, [
    {
      type: "ready",
      capabilities: { js: true, lua: true, wasm: true, python: false, max_memory_mb: 512 },
      slots: 2,
      isolation: "unknown",
      agent: "test",
      lanes: true,
      namespaces: ["alice"],
    },
  ]);
});

test("each slot runs its own jobs", () => {
  const { link, open, cells } = workerForTest();
  open();
  link().events.messages([jobFor(0), jobFor(1)]);
  assert.equal(cells.cells.length, 2);
});

test("a job for a slot that the worker does not have goes back", () => {
  const { link, open } = workerForTest();
  open();
  link().events.messages([jobFor(7)]);
  assert.deepEqual(link().sent.at(-1), { type: "return", job_id: "job-7", lease: 107 });
});

test("a lost link ends all work, and the worker connects again after its backoff", async () => {
  const { link, links, open, cells, clock } = workerForTest();
  open();
  link().events.messages([jobFor(0)]);
  link().events.closed(1006, "");
  assert.equal(cells.cells[0]?.alive, false);
  clock.advance(499);
  assert.equal(links.length, 1);
  clock.advance(1);
  assert.equal(links.length, 2);
  open();
  await settled();
  assert.deepEqual(types(link()), ["ready"], "nothing of the old link's jobs is answered on the new one");
});

test("refused connections are tried again ever more slowly", () => {
  const { link, links, clock } = workerForTest();
  link().events.closed(0, "connect ECONNREFUSED");
  clock.advance(500);
  link().events.closed(0, "connect ECONNREFUSED");
  clock.advance(999);
  assert.equal(links.length, 2);
  clock.advance(1);
  assert.equal(links.length, 3);
});

test("heartbeats go out at the interval the orchestrator asks for", () => {
  const { link, open, clock } = workerForTest();
  open();
  clock.advance(1000);
  link().events.messages([{ type: "heartbeat" }]);
  clock.advance(1000);
  assert.deepEqual(types(link()), ["ready", "heartbeat", "heartbeat"]);
});

test("a link on which nothing is heard for three intervals is ended and made anew", () => {
  const { link, links, open, clock } = workerForTest();
  open();
  clock.advance(5000);
  assert.equal(links[0]?.closed, true);
  assert.equal(links.length, 2);
  assert.notEqual(link(), links[0]);
});

test("a worker that is told to reconnect ends the link it has and makes another at once", () => {
  const { worker, links, link, open, clock } = workerForTest();
  open();
  worker.reconnect();
  assert.equal(links[0]?.closed, true);
  clock.advance(0);
  assert.equal(links.length, 2);
  link().events.closed(1006, "");
  worker.reconnect();
  assert.equal(links.length, 3, "what waits for its backoff waits no longer");
});

test("a draining worker returns what has not begun, finishes what has, and then is done", async () => {
  const { worker, link, open, cells } = workerForTest();
  open();
  link().events.messages([jobFor(0), jobFor(0, { job_id: "next", lease: 500 })]);
  const drained = worker.drain(10_000);
  await settled();
  assert.deepEqual(link().sent.slice(1), [{ type: "drain" }, { type: "return", job_id: "next", lease: 500 }]);
  link().events.messages([jobFor(1)]);
  assert.equal(types(link()).at(-1), "return", "work that crosses with the drain goes back");
  link().events.messages([{ type: "drain" }]);
  await settled();
  cells.cells[0]?.runs[0]?.complete("1");
  await drained;
  assert.equal(types(link()).at(-1), "result");
});

test("a drain gives up on a job that outlasts it", async () => {
  const { worker, link, open, clock } = workerForTest();
  open();
  link().events.messages([jobFor(0)]);
  const drained = worker.drain(10_000);
  clock.advance(2_000);
  await settled();
  clock.advance(10_000);
  await drained;
  await worker[Symbol.asyncDispose]();
  assert.equal(link().closed, true);
});

test("a paused worker says that its slots rest, on a new link too, and takes work again when it is resumed", () => {
  const { worker, told, link, open, cells, clock } = workerForTest();
  open();
  worker.pause("The battery is low.", "finish");
  assert.deepEqual(link().sent.slice(1), [
    { type: "rest", slot: 0 },
    { type: "rest", slot: 1 },
  ]);
  link().events.messages([jobFor(0)]);
  assert.equal(types(link()).at(-1), "return", "work that crosses with it goes back");
  link().events.closed(1006, "");
  clock.advance(500);
  open();
  assert.partialDeepStrictEqual(link().sent, [{ type: "ready", resting: [0, 1] }]);
  worker.resume();
  assert.deepEqual(types(link()), ["ready", "wake", "wake"]);
  link().events.messages([jobFor(0)]);
  assert.equal(cells.cells.length, 1);
  const intakes = told.filter((one) => typeof one === "object" && one !== null && "kind" in one);
  assert.partialDeepStrictEqual(intakes.slice(2), [
    { kind: "paused", reason: "The battery is low." },
    { kind: "reconnecting" },
    { kind: "connecting" },
    { kind: "connected" },
    { kind: "open" },
  ]);
});

test("a share that is changed is told once it has been left alone for a moment", () => {
  const { worker, link, open, clock } = workerForTest();
  open();
  for (const share of [0.9, 0.7, 0.5]) {
    worker.share = share;
    clock.advance(100);
  }
  clock.advance(500);
  assert.partialDeepStrictEqual(link().sent.slice(1), [{ type: "ready", share: 0.5 }]);
});

test("a job whose module cannot be had fails as the volunteer's fault", async () => {
  const { link, open } = workerForTest();
  open();
  link().events.messages([jobFor(0, { job_type: "wasm", wasm_cid: "bafy" })]);
  await settled();
  const answer = link().sent.at(-1);
  assert.ok(answer?.type === "error");
  assert.deepEqual([answer.code, answer.error], ["volunteer_error", "There are no modules here."]);
});

test("whoever watches a worker hears how it is connected, what runs in which slot, and how that ended", async () => {
  const { worker, told, link, open, cells, clock } = workerForTest();
  open();
  link().events.messages([jobFor(1)]);
  cells.cells[0]?.runs[0]?.complete("1");
  await settled();
  link().events.closed(1006, "");
  await worker[Symbol.asyncDispose]();
  const since = clock.now();
  assert.deepEqual(told, [
    { kind: "connecting" },
    { kind: "connected", volunteerId: "v" },
    ["began", { slot: 1, kind: "job", id: "job-1", language: "js", namespace: "alice", since }],
    ["ended", "job-1", { outcome: "completed", wallMs: 1, cpuMs: undefined }],
    { kind: "reconnecting", inMs: 500, reason: "code 1006" },
    { kind: "stopped" },
  ]);
});

test("work that is cancelled before its turn is not told of", () => {
  const { told, link, open } = workerForTest();
  open();
  link().events.messages([
    jobFor(0, { job_type: "wasm", wasm_cid: "bafy" }),
    { type: "cancel", job_id: "job-0" },
  ]);
  assert.deepEqual(told.slice(2), []);
});
