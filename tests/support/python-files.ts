import { join } from "node:path";
import { freshKernel } from "../../scripts/build-kernel.ts";
import { Launcher } from "../../src/sandbox/hosts/deno/launcher.ts";
import { PythonSnapshot } from "../../src/sandbox/hosts/deno/python-snapshot.ts";
import { findToolchain } from "../../src/sandbox/hosts/deno/toolchain.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { testCacheDir } from "./real-cells.ts";

let made: Promise<{ wasm: string; snapshot: string }> | undefined;

/** The paths of what a browser's Python cell is made of. */
export function pythonFiles(): Promise<{ wasm: string; snapshot: string }> {
  made ??= make();
  return made;
}

async function make(): Promise<{ wasm: string; snapshot: string }> {
  const toolchain = await findToolchain(await freshKernel());
  const launcher = await Launcher.create(toolchain, true);
  const parts = { cacheDir: testCacheDir, toolchain, launcher, clock: systemClock, log: noLog };
  using snapshot = new PythonSnapshot(parts);
  return { wasm: join(toolchain.pyodideDir, "pyodide.asm.wasm"), snapshot: await snapshot.path() };
}
