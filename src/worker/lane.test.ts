import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeRun } from "../../tests/support/fake-cells.ts";
import { jobMessage, laneForTest } from "../../tests/support/lanes.ts";
import { settled } from "../../tests/support/settled.ts";

const only = (runs: readonly FakeRun[] | undefined): FakeRun => {
  assert.equal(runs?.length, 1);
  return runs[0] as FakeRun;
};

test("a lane hands jobs of one namespace to its cell at once and answers each", async () => {
  const { lane, cells, sent } = laneForTest();
  const first = jobMessage();
  const second = jobMessage();
  lane.assign(first);
  lane.assign(second);
  assert.equal(cells.cells.length, 1);
  assert.equal(cells.cells[0]?.runs.length, 2);
  cells.cells[0]?.runs[0]?.complete("42");
  only(cells.cells[0]?.runs).complete(undefined);
  await settled();
  assert.deepEqual(
    sent.map((message) => message.type === "result" && [message.job_id, message.lease, message.result]),
    [
      [first.job_id, first.lease, 42],
      [second.job_id, second.lease, undefined],
    ],
  );
});

test("of jobs that a cell has at once, each begins when those before it have ended", async () => {
  const { lane, cells, began } = laneForTest();
  const first = jobMessage();
  const second = jobMessage();
  lane.assign(first);
  lane.assign(second);
  assert.deepEqual(began, [first.job_id]);
  cells.cells[0]?.runs[0]?.complete("1");
  await settled();
  assert.deepEqual(began, [first.job_id, second.job_id]);
});

test("a cell that served one namespace is killed before another one's job begins", async () => {
  const { lane, cells } = laneForTest();
  lane.assign(jobMessage());
  lane.assign(jobMessage({ namespace: "bob" }));
  assert.equal(cells.cells.length, 1, "bob waits for alice's job");
  only(cells.cells[0]?.runs).complete("1");
  await settled();
  assert.equal(cells.cells[0]?.alive, false);
  assert.equal(cells.cells.length, 2);
  only(cells.cells[1]?.runs);
});

test("python jobs get a cell of their own kind, after the ones before them", async () => {
  const { lane, cells } = laneForTest();
  lane.assign(jobMessage());
  lane.assign(jobMessage({ job_type: "python" }));
  assert.deepEqual(
    cells.cells.map(({ kind }) => kind),
    ["core"],
  );
  only(cells.cells[0]?.runs).complete("1");
  await settled();
  assert.deepEqual(
    cells.cells.map(({ kind, alive }) => [kind, alive]),
    [
      ["core", true],
      ["python", true],
    ],
  );
});

test("jobs behind a slow one go back, and the slow one goes on", async () => {
  const { lane, cells, sent, clock } = laneForTest();
  lane.assign(jobMessage());
  const waiting = jobMessage();
  lane.assign(waiting);
  clock.advance(60);
  await settled();
  await settled();
  assert.deepEqual(sent, [{ type: "return", job_id: waiting.job_id, lease: waiting.lease }]);
  only(cells.cells[0]?.runs);
  assert.equal(lane.size, 1);
});

test("a head that ended in time does not send back the one that took its place", async () => {
  const { lane, cells, sent, clock } = laneForTest();
  lane.assign(jobMessage());
  lane.assign(jobMessage());
  lane.assign(jobMessage());
  clock.advance(40);
  cells.cells[0]?.runs[0]?.complete("1");
  clock.advance(20);
  await settled();
  await settled();
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["result"],
  );
});

test("when a cell dies under one job, those behind it run in a new cell", async () => {
  const { lane, cells, sent } = laneForTest();
  const doomed = jobMessage();
  const next = jobMessage();
  lane.assign(doomed);
  lane.assign(next);
  const stats = { wallMs: 5, cpuMs: undefined, peakMemoryBytes: undefined };
  cells.cells[0]?.die({ kind: "failed", code: "timeout", message: "Too long.", stats });
  await settled();
  assert.equal(cells.cells.length, 2);
  only(cells.cells[1]?.runs).complete("2");
  await settled();
  assert.deepEqual(
    sent.map((m) => [m.type, "job_id" in m && m.job_id, "code" in m && m.code]),
    [
      ["error", doomed.job_id, "timeout"],
      ["result", next.job_id, false],
    ],
  );
});

test("a job whose cells always die before its turn fails instead of trying for ever", async () => {
  const { lane, cells, sent } = laneForTest();
  lane.assign(jobMessage());
  for (let turn = 0; turn < 10; turn++) {
    for (const cell of cells.cells.filter(({ alive }) => alive)) {
      cell.alive = false;
      cell.runs[0]?.end({ kind: "unstarted" });
    }
    await settled();
  }
  assert.deepEqual(
    sent.map((message) => message.type === "error" && message.code),
    ["volunteer_error"],
  );
  assert.equal(cells.cells.length, 4);
});

test("cancelling the job at its turn kills its cell and answers nothing; the next one runs on", async () => {
  const { lane, cells, sent, ended } = laneForTest();
  const cancelled = jobMessage();
  lane.assign(cancelled);
  lane.assign(jobMessage());
  lane.cancel(cancelled.job_id, cancelled.lease);
  await settled();
  assert.deepEqual(sent, []);
  assert.deepEqual(ended, [`${cancelled.job_id} cancelled`]);
  assert.equal(cells.cells.length, 2);
  only(cells.cells[1]?.runs);
});

test("cancelling on an older lease touches nothing", async () => {
  const { lane, cells } = laneForTest();
  const job = jobMessage();
  lane.assign(job);
  lane.cancel(job.job_id, job.lease - 1);
  await settled();
  assert.equal(cells.cells[0]?.alive, true);
  assert.equal(lane.size, 1);
});

test("what a long job prints travels live, and whole with its answer", async () => {
  const { lane, cells, sent, clock } = laneForTest();
  lane.assign(jobMessage());
  const run = only(cells.cells[0]?.runs);
  run.task.onOutput("stdout", "one\n");
  clock.advance(50);
  run.task.onOutput("stdout", "two\n");
  run.complete(undefined);
  await settled();
  assert.deepEqual(
    sent.map((m) => ("text" in m ? m.text : "stdout" in m && m.stdout)),
    ["one\n", "one\ntwo\n"],
  );
});

test("a result that is nested beyond every reader's stack is refused", async () => {
  const { lane, cells, sent } = laneForTest();
  lane.assign(jobMessage());
  only(cells.cells[0]?.runs).complete("[".repeat(100_000) + "]".repeat(100_000));
  await settled();
  assert.deepEqual(
    sent.map((message) => message.type === "error" && message.code),
    ["result_not_json"],
  );
});

test("a kernel that lets too much output through loses its cell", async () => {
  const { lane, cells, sent } = laneForTest();
  lane.assign(jobMessage());
  only(cells.cells[0]?.runs).task.onOutput("stdout", "x".repeat(1024 * 1024 + 1));
  await settled();
  assert.equal(cells.cells[0]?.alive, false);
  assert.deepEqual(
    sent.map((message) => message.type === "error" && message.code),
    ["output_exceeded"],
  );
});

test("wasm jobs wait for their module and keep their place", async () => {
  const { lane, cells } = laneForTest();
  lane.assign(jobMessage({ job_type: "wasm", wasm_cid: "bafy", wasm_url: "/ipfs/bafy" }));
  lane.assign(jobMessage());
  assert.equal(cells.cells.length, 0);
  await settled();
  assert.deepEqual(
    cells.cells[0]?.runs.map(({ task }) => task.work.kind === "run" && task.work.language),
    ["wasm", "js"],
  );
});

test("an idle lane gives up its cell after a minute", async () => {
  const { lane, cells, clock } = laneForTest();
  lane.assign(jobMessage());
  only(cells.cells[0]?.runs).complete("1");
  await settled();
  clock.advance(59_000);
  assert.equal(cells.cells[0]?.alive, true);
  clock.advance(2_000);
  assert.equal(cells.cells[0]?.alive, false);
});

test("a job whose cell is not there in time goes back, and the cell is waited for on behalf of the next", async () => {
  const { lane, cells, sent, clock } = laneForTest();
  cells.ready = false;
  const job = jobMessage();
  lane.assign(job);
  clock.advance(4999);
  await settled();
  assert.deepEqual(sent, []);
  clock.advance(1);
  await settled();
  assert.deepEqual(sent, [{ type: "return", job_id: job.job_id, lease: job.lease }]);
  lane.assign(jobMessage());
  assert.deepEqual(
    cells.cells.map(({ alive }) => alive),
    [true],
  );
});

test("a job does not go back and forth for ever over a cell that never comes", async () => {
  const { lane, cells, sent, clock } = laneForTest();
  cells.ready = false;
  for (let turn = 0; turn < 25; turn++) {
    lane.assign(jobMessage());
    clock.advance(5000);
    await settled();
  }
  assert.equal(sent.filter(({ type }) => type === "return").length, 24);
  assert.partialDeepStrictEqual(sent.at(-1), { type: "error", code: "volunteer_error" });
});
