import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Api } from "./api.ts";
import { atEnd } from "./at-end.ts";
import { eventually } from "./eventually.ts";
import { launcher } from "./spawn.ts";

/** Shared by all tests, as by all workers of one person: what is in it is checked before it is used. */
export const testCacheDir = join(tmpdir(), `zerverless-test-cache-${process.getuid?.() ?? 0}`);

export interface SpawnedWorker {
  readonly process: ChildProcess;
  /** The exit code, or the signal that ended it, when it is over. */
  readonly ended: Promise<number | string>;
}

/** Starts `bin/zerverless --worker` as a process of its own; it dies with the test. */
export function spawnWorker(
  t: TestContext,
  volunteerUrl: URL,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): SpawnedWorker {
  const child = spawn(launcher, ["--worker", volunteerUrl.href, ...args], {
    env: { PATH: process.env.PATH, CACHE_DIR: testCacheDir, LOG_LEVEL: "warn", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit").then(
    ([code, signal]: (number | string)[]) => code ?? signal ?? "unknown",
  );
  atEnd(t, async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { process: child, ended };
}

/** Resolves when as many volunteers are connected. */
export async function volunteersConnected(api: Api, count: number): Promise<void> {
  await eventually(async () => {
    const { total } = (await api.get("/api/volunteers")).json() as { total: number };
    return total === count;
  });
}
