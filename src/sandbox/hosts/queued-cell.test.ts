import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../../protocol/limits.ts";
import { ManualClock } from "../../stdx/clock.ts";
import { noLog } from "../../stdx/log.ts";
import type { CellFrame } from "../kernel/wire.ts";
import { type CellLinkEvents, QueuedCell } from "./queued-cell.ts";

/** A cell whose sealed place is this test. */
async function cellInHand() {
  const opened = Promise.withResolvers<CellLinkEvents>();
  const sent: string[] = [];
  let killed = false;
  const cell = new QueuedCell({
    kind: "core",
    async open(events) {
      opened.resolve(events);
      return {
        send: (header) => void sent.push(header.t),
        suspend: () => false,
        resume() {},
        kill() {
          killed = true;
        },
      };
    },
    meter: () => ({
      begin() {},
      end: () => ({ cpuMs: undefined, peakMemoryBytes: undefined }),
      stop() {},
      suspend() {},
      resume() {},
    }),
    clock: new ManualClock(),
    log: noLog,
  });
  const events = await opened.promise;
  const say = (header: CellFrame) => events.frame({ header, payload: new Uint8Array(0) });
  const run = () =>
    cell.run({
      work: { kind: "run", language: "js", code: "", module: undefined, inputJson: "null" },
      timeoutMs: 1000,
      memoryMb: 64,
      onOutput() {},
      onAsk: async () => "",
    });
  return { cell, events, say, run, sent, wasKilled: () => killed };
}

test("a cell that prints more than a task may is ended, however it cuts it up", async () => {
  const { say, run, wasKilled } = await cellInHand();
  say({ t: "ready" });
  const { outcome } = run();
  const half = "x".repeat(limits.outputBytesMax / 2);
  for (const text of [half, half, "x"]) say({ t: "output", id: 1, stream: "stdout", text });
  const ended = await outcome;
  assert.ok(ended.kind === "failed" && ended.code === "cell_crashed");
  assert.equal(wasKilled(), true);
});

test("a cell that is lost to no fault of its task gives that back as if it had not begun", async () => {
  const { cell, events, say, run } = await cellInHand();
  say({ t: "ready" });
  const { outcome } = run();
  events.ended({ cause: "elsewhere", message: "" });
  assert.equal((await outcome).kind, "unstarted");
  assert.equal(cell.alive, false);
});

test("a cell tells what is at its turn", async () => {
  const { cell, say, run } = await cellInHand();
  const atTurn = () => cell.running?.task.timeoutMs;
  run();
  assert.equal(atTurn(), undefined);
  say({ t: "ready" });
  assert.equal(atTurn(), 1000);
  say({ t: "done", id: 1, epoch: 0, wallMs: 1 });
  assert.equal(atTurn(), undefined);
});

test("a cell that says it took a time which is no number of JSON is ended", async () => {
  for (const wallMs of [Number.POSITIVE_INFINITY, Number.NaN, -1, 1e308]) {
    const { say, run } = await cellInHand();
    say({ t: "ready" });
    const { outcome } = run();
    say({ t: "done", id: 1, epoch: 0, wallMs });
    const ended = await outcome;
    assert.ok(ended.kind === "failed" && ended.code === "cell_crashed", `${wallMs}`);
  }
});
