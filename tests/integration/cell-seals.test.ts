/** What holds for each way of sealing a cell, and for both. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { RealCells } from "../support/real-cells.ts";

const endless = fileURLToPath(new URL("../support/endless-cell.ts", import.meta.url));

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
const has = { bubblewrap: await exists("/usr/bin/bwrap"), process: await exists("/usr/bin/setpriv") };

for (const seal of ["bubblewrap", "process"] as const) {
  describe(`a cell sealed by ${seal}`, { skip: !has[seal] }, () => {
    test("dies with its host, even while its guest loops", async () => {
      const host = spawn(process.execPath, [endless, seal], { stdio: ["ignore", "pipe", "inherit"] });
      const pids: string[] = [];
      for await (const line of createInterface(host.stdout)) {
        pids.push(line);
        if (pids.length === 1) host.kill("SIGKILL");
      }
      assert.ok(pids.length > 0, "the host had started processes");
      // Ends when all of them have.
      const watch = spawn("tail", [...pids.map((pid) => `--pid=${pid}`), "-f", "/dev/null"], {
        timeout: 10_000,
      });
      assert.deepEqual(await once(watch, "exit"), [0, null]);
    });

    test("runs jobs, and ends those that take too much time or memory", async () => {
      await using cells = await RealCells.start("core", { allowBubblewrap: seal === "bubblewrap" });
      assert.equal(cells.host.isolation, seal);
      const { outcome, stdout } = await cells.run({ language: "js", code: "console.log('here'); 6 * 7" });
      assert.deepEqual([outcome, stdout], [{ ok: true, resultJson: "42" }, "here\n"]);
      const looped = await cells.run({ language: "js", code: "for (;;);", timeoutMs: 200 });
      assert.ok(!looped.outcome.ok && looped.outcome.code === "timeout");
      const filled = await cells.run({
        language: "js",
        code: "const hold = []; for (;;) hold.push(new Uint8Array(1 << 20).fill(1))",
        memoryMb: 32,
      });
      assert.ok(!filled.outcome.ok && filled.outcome.code === "memory_exceeded");
    });
  });
}
