/** Cells that are stopped in the middle of their work, and continued. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { look, type ProcessSeen, processesBelow } from "../support/process-tree.ts";
import { RealCells } from "../support/real-cells.ts";

const endless = { language: "js", code: "for (;;);" } as const;

/** The process below this one that has computed most, once one has. */
async function hardestWorking(): Promise<ProcessSeen> {
  let hardest: ProcessSeen | undefined;
  await eventually(async () => {
    for (const seen of processesBelow(process.pid)) {
      if (seen.cpuMs > 200 && seen.cpuMs > (hardest?.cpuMs ?? 0)) hardest = seen;
    }
    return hardest !== undefined;
  });
  assert.ok(hardest);
  return hardest;
}

for (const seal of ["bubblewrap", "process"] as const) {
  describe(`a suspended cell, sealed by ${seal}`, () => {
    const start = () => RealCells.start("core", { allowBubblewrap: seal === "bubblewrap" });

    test("stands still, and so does its time limit, until it goes on", async () => {
      await using cells = await start();
      const ended = cells.run({ ...endless, timeoutMs: 2000 });
      const { pid } = await hardestWorking();
      assert.equal(cells.cell.suspend(), true);
      await eventually(async () => look(pid)?.state === "T");
      const before = look(pid)?.cpuMs;
      await sleep(2500);
      assert.equal(look(pid)?.cpuMs, before);
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
      const { pid } = await hardestWorking();
      cell.suspend();
      cell.kill();
      assert.equal((await run.outcome).kind, "cancelled");
      assert.equal(cell.suspend(), false);
      // What has ended and waits to be taken note of is as good as gone.
      await eventually(async () => (look(pid)?.state ?? "Z") === "Z");
    });
  });
}
