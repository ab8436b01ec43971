/** Cells that are stopped in the middle of their work, and continued. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cpuMsBelow } from "../support/process-tree.ts";
import { RealCells } from "../support/real-cells.ts";

const endless = { language: "js", code: "for (;;);" } as const;

for (const seal of ["bubblewrap", "process"] as const) {
  describe(`a suspended cell, sealed by ${seal}`, () => {
    const start = async () => {
      const cells = await RealCells.start("core", { allowBubblewrap: seal === "bubblewrap" });
      await cells.run({ language: "js", code: "1" });
      return cells;
    };
    const usedIn = async (ms: number) => {
      const before = cpuMsBelow(process.pid);
      await sleep(ms);
      return cpuMsBelow(process.pid) - before;
    };

    test("stands still, and so does its time limit, until it goes on", async () => {
      await using cells = await start();
      const ended = cells.run({ ...endless, timeoutMs: 500 });
      await sleep(100);
      assert.equal(cells.cell.suspend(), true);
      assert.ok((await usedIn(1000)) < 100);
      assert.equal(cells.cell.alive, true);
      cells.cell.resume();
      const { outcome } = await ended;
      assert.equal(!outcome.ok && outcome.code, "timeout");
    });

    test("can be killed where it stands", async () => {
      await using cells = await start();
      const { cell } = cells;
      const run = cell.run({
        work: { kind: "run", ...endless, module: undefined, inputJson: "null" },
        timeoutMs: 60_000,
        memoryMb: 64,
        onOutput: () => {},
        onAsk: () => Promise.reject(new Error("Nobody answers here.")),
      });
      await sleep(100);
      cell.suspend();
      cell.kill();
      await cell.gone;
      assert.equal((await run.outcome).kind, "cancelled");
      assert.equal(cell.suspend(), false);
      // What a process used is counted below us for as long as it is there, stopped or not.
      const gone = performance.now() + 5000;
      while (cpuMsBelow(process.pid) > 20 && performance.now() < gone) await sleep(20);
      assert.ok(cpuMsBelow(process.pid) <= 20);
    });
  });
}
