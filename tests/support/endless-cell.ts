/**
 * A program that lets a guest loop in a cell for ever, and then writes the ids of the processes it started, one a line:
 * for tests of what becomes of them when their host dies. Argument: `bubblewrap` or `process`, the seal.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createDenoCellHost } from "../../src/sandbox/hosts/deno/host.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";

const timeoutMs = 60_000;

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    // It has ended since it was listed.
    return 0;
  }
}

function descendantsOf(pid: number): number[] {
  const all = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const children = all.filter((other) => parentOf(other) === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

const seal = process.argv[2];
const cacheDir = fileURLToPath(new URL("../../build/test-cache", import.meta.url));
const allowBubblewrap = seal === "bubblewrap";
const host = await createDenoCellHost({ cacheDir, clock: systemClock, log: noLog, allowBubblewrap });
if (host.isolation !== seal) throw new Error(`The seal is ${host.isolation}.`);
const { outcome } = host.take("core").run({
  work: {
    kind: "run",
    language: "js",
    code: "console.log('looping'); for (;;);",
    module: undefined,
    inputJson: "null",
  },
  timeoutMs,
  memoryMb: 256,
  onOutput: () => console.log(descendantsOf(process.pid).join("\n")),
  onAsk: () => Promise.reject(new Error("Nobody answers here.")),
});
await outcome;
