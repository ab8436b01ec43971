import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Act, type CellScript, ready } from "../../../../tests/support/scripted-cell.ts";
import { limits } from "../../../protocol/limits.ts";
import { ManualClock } from "../../../stdx/clock.ts";
import { noLog } from "../../../stdx/log.ts";
import { slowTaskMs } from "../../kernel/wire.ts";
import type { CellOutcome } from "../cell.ts";
import { denoCell } from "./deno-cell.ts";

const program = fileURLToPath(new URL("../../../../tests/support/scripted-cell.ts", import.meta.url));
const timeoutMs = 1000;

const done = (fields: object = {}): Act => ({
  send: { t: "done", id: "$id", epoch: 0, wallMs: 1, ...fields },
  payload: '"task $id of epoch $epoch"',
});
const says = (text: string): Act => ({ send: { t: "output", id: "$id", stream: "stdout", text } });

/** A cell whose process follows a script, and a way to wait for what its tasks print. */
function cellOf(script: CellScript) {
  const clock = new ManualClock();
  const launched = {
    process: spawn(process.execPath, [program, JSON.stringify(script)], { stdio: ["pipe", "pipe", "pipe"] }),
    // No process of this machine has this number: nothing is known of its memory.
    pid: Promise.resolve(0),
  };
  const cell = denoCell("core", Promise.resolve(launched), clock, noLog);
  let heard: ((text: string) => void) | undefined;
  const run = () =>
    cell.run({
      work: { kind: "run", language: "js", code: "", module: undefined, inputJson: "null" },
      timeoutMs,
      memoryMb: 64,
      onOutput: (_, text) => heard?.(text),
      onAsk: () => Promise.resolve('{"ok":true,"value":null}'),
    });
  const output = () =>
    new Promise<string>((resolve) => {
      heard = resolve;
    });
  return { cell, clock, run, output };
}

const codeOf = (outcome: CellOutcome) => (outcome.kind === "failed" ? outcome.code : outcome.kind);
const resultOf = (outcome: CellOutcome) => (outcome.kind === "completed" ? outcome.resultJson : outcome.kind);

describe("a cell", () => {
  test("gives each task its own answer, in order", async () => {
    const { cell, run } = cellOf({ atStart: [ready], atTasks: [[done()]] });
    const outcomes = await Promise.all([run(), run(), run()].map(({ outcome }) => outcome));
    assert.deepEqual(outcomes.map(resultOf), [
      '"task 1 of epoch 0"',
      '"task 2 of epoch 0"',
      '"task 3 of epoch 0"',
    ]);
    assert.equal(cell.alive, true);
    cell.kill();
    await cell.gone;
  });

  test("that is killed ends the task at its turn cancelled, and those behind it unstarted", async () => {
    const { cell, run, output } = cellOf({ atStart: [ready], atTasks: [[says("begun")], []] });
    const runs = [run(), run()];
    await output();
    cell.kill();
    assert.deepEqual((await Promise.all(runs.map(({ outcome }) => outcome))).map(codeOf), [
      "cancelled",
      "unstarted",
    ]);
    assert.equal((await run().outcome).kind, "unstarted");
  });

  test("whose task takes too long is killed, and what waited has not begun", async () => {
    const { cell, clock, run, output } = cellOf({ atStart: [ready], atTasks: [[says("begun")], []] });
    const runs = [run(), run()];
    await output();
    assert.notEqual(runs[0]?.startedAt, undefined);
    assert.equal(runs[1]?.startedAt, undefined);
    clock.advance(timeoutMs);
    assert.deepEqual((await Promise.all(runs.map(({ outcome }) => outcome))).map(codeOf), [
      "timeout",
      "unstarted",
    ]);
    await cell.gone;
  });

  test("that never gets ready gives its tasks back", async () => {
    const { cell, clock, run } = cellOf({ atStart: [], atTasks: [] });
    const { outcome } = run();
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(60_000);
    assert.equal((await outcome).kind, "unstarted");
    assert.equal(cell.alive, false);
  });

  test("that is spent gives back what it has not begun", async () => {
    const { cell, run } = cellOf({ atStart: [ready], atTasks: [[done(), { send: { t: "spent" } }]] });
    const [first, second] = [run(), run()];
    assert.equal((await first.outcome).kind, "completed");
    assert.equal((await second.outcome).kind, "unstarted");
    await cell.gone;
  });
});

describe("a task that waits in a cell", () => {
  test("can be taken back before the cell is ready", async () => {
    const { cell, run } = cellOf({ atStart: [], atTasks: [] });
    run();
    const second = run();
    second.withdraw();
    assert.equal((await second.outcome).kind, "unstarted");
    assert.equal(cell.pending, 1);
    cell.kill();
  });

  test("stays once it is in the pipe, as long as the task before it may be a quick one", async () => {
    const { cell, run, output } = cellOf({
      atStart: [ready],
      atTasks: [[says("begun")], [done({ id: 1 }), done()]],
    });
    const first = run();
    await output();
    const second = run();
    second.withdraw();
    assert.equal((await first.outcome).kind, "completed");
    assert.equal(resultOf(await second.outcome), '"task 2 of epoch 0"');
    cell.kill();
  });

  test("can be taken back behind a slow one, and the rest goes out again under the new epoch", async () => {
    // The third task's frame makes the process say that the first was slow.
    const slow = done({ id: 1, epoch: 1, wallMs: 99 });
    const { cell, clock, run, output } = cellOf({
      atStart: [ready],
      atTasks: [[says("begun")], [], [slow], [done({ epoch: 1 })]],
    });
    const first = run();
    await output();
    const second = run();
    clock.advance(2 * slowTaskMs);
    second.withdraw();
    assert.equal((await second.outcome).kind, "unstarted");
    const third = run();
    assert.equal((await first.outcome).kind, "completed");
    assert.equal(resultOf(await third.outcome), '"task 3 of epoch 1"');
    cell.kill();
  });

  test("counts for nothing when the kernel took the one before it for quick and begins it all the same", async () => {
    const { cell, clock, run, output } = cellOf({
      atStart: [ready],
      atTasks: [[says("begun")], [], [done({ id: 1 }), done({ id: 2 }), done({ id: 3 })]],
    });
    const first = run();
    await output();
    const second = run();
    clock.advance(2 * slowTaskMs);
    second.withdraw();
    assert.equal((await second.outcome).kind, "unstarted");
    const third = run();
    assert.equal((await first.outcome).kind, "completed");
    assert.equal((await third.outcome).kind, "completed");
    assert.equal(cell.alive, true);
    cell.kill();
  });

  test("costs the cell when it begins all the same and asks for something", async () => {
    const asks: Act = { send: { t: "ask", id: 2, op: "db.get" }, payload: "{}" };
    const { cell, clock, run, output } = cellOf({
      atStart: [ready],
      atTasks: [[says("begun")], [], [done({ id: 1 }), asks]],
    });
    const first = run();
    await output();
    const second = run();
    clock.advance(2 * slowTaskMs);
    second.withdraw();
    const third = run();
    assert.equal((await first.outcome).kind, "completed");
    assert.equal((await third.outcome).kind, "unstarted");
    await cell.gone;
  });
});

describe("a process that lies is killed, and the task at its turn ends cell_crashed", () => {
  const lies: Readonly<Record<string, readonly Act[]>> = {
    "with bytes that are no frame": [{ raw: [1, 0, 0, 0, 0, 0, 0, 0, 0x7b] }],
    "with a frame longer than any": [{ raw: [0, 0, 0, 0x7f, 0, 0, 0, 0] }],
    "with a frame that is not of the protocol": [{ send: { t: "root" } }],
    "with a frame of null": [{ raw: [4, 0, 0, 0, 0, 0, 0, 0, 0x6e, 0x75, 0x6c, 0x6c] }],
    "with the answer to a task behind": [done({ id: 2 })],
    "with the answer to a task that never was": [done({ id: 7 })],
    "with output of a task behind": [{ send: { t: "output", id: 2, stream: "stdout", text: "x" } }],
    "by being ready twice": [ready],
    "with an epoch that is no number": [done({ epoch: "1" })],
    "with a duration below nothing": [done({ wallMs: -1 })],
    "with a stream that is none": [{ send: { t: "output", id: "$id", stream: "stdin", text: "x" } }],
    "with a result over the limit": [
      { send: { t: "done", id: "$id", epoch: 0, wallMs: 1 }, payloadBytes: limits.resultBytesMax + 1 },
    ],
    "with a snapshot that nobody asked for": [{ send: { t: "snapshot" }, payload: "x" }],
    "by ending": [{ exit: 0 }],
  };
  for (const [how, acts] of Object.entries(lies)) {
    test(how, async () => {
      const { cell, run } = cellOf({ atStart: [ready], atTasks: [acts, []] });
      const runs = [run(), run()];
      const outcomes = await Promise.all(runs.map(({ outcome }) => outcome));
      assert.deepEqual(outcomes.map(codeOf), ["cell_crashed", "unstarted"]);
      await cell.gone;
      assert.equal(cell.alive, false);
    });
  }

  test("but tasks are only given back when it lies before it is ready", async () => {
    const { run } = cellOf({ atStart: [{ send: { t: "done", id: 1, epoch: 0, wallMs: 1 } }], atTasks: [] });
    assert.equal((await run().outcome).kind, "unstarted");
  });

  test("but a code that is none becomes the guest's error, and an endless message is cut", async () => {
    const send = { t: "fail", id: "$id", epoch: 0, wallMs: 1, code: "admin", message: "x".repeat(100_000) };
    const { cell, run } = cellOf({ atStart: [ready], atTasks: [[{ send }]] });
    const outcome = await run().outcome;
    assert.ok(outcome.kind === "failed" && outcome.code === "guest_error");
    assert.equal(outcome.message.length, limits.errorMessageBytesMax);
    cell.kill();
  });

  test("but one that ran out of memory tells so", async () => {
    const complaint = "# Fatal JavaScript out of memory: CALL_AND_RETRY_LAST\n";
    const { run } = cellOf({ atStart: [ready], atTasks: [[{ complain: complaint }, { exit: 133 }]] });
    assert.equal(codeOf(await run().outcome), "memory_exceeded");
  });
});
