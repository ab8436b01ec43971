import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { Api } from "./api.ts";
import { atEnd } from "./at-end.ts";
import { temporaryDirectory } from "./orchestrator.ts";

export const launcher = resolve(import.meta.dirname, "../../bin/zerverless");

export interface SpawnOptions {
  /** Of another installation than this checkout. */
  readonly launcher?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A free one when not given. */
  readonly port?: string;
  /** A shell's `ulimit -f`: how many blocks of 1,024 bytes a file may have. */
  readonly fileBlocksMax?: number;
  /** Called with each line of its log, which otherwise goes to the test's own. */
  readonly onLog?: (line: string) => void;
  /** To start again on what an earlier one left. */
  readonly dataDir?: string;
}

export interface SpawnedOrchestrator {
  readonly api: Api;
  readonly url: URL;
  readonly volunteerUrl: URL;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** The exit code, or the signal that ended it, when it is over. */
  readonly ended: Promise<number | string>;
}

/** Starts `bin/zerverless` as a process of its own, and waits until it says where it is. It dies with the test. */
export async function spawnOrchestrator(
  t: TestContext,
  options: SpawnOptions = {},
): Promise<SpawnedOrchestrator> {
  const home = await temporaryDirectory(t);
  const dataDir = options.dataDir ?? join(home, "data");
  const args = ["--port", options.port ?? "0", "--data-dir", dataDir, ...(options.args ?? [])];
  const [program, ...words] =
    options.fileBlocksMax === undefined
      ? [options.launcher ?? launcher, ...args]
      : ["bash", "-c", `ulimit -f ${options.fileBlocksMax}; exec "$0" "$@"`, launcher, ...args];
  const child = spawn(program, words, {
    env: { PATH: process.env.PATH, HOME: home, LOG_LEVEL: "warn", ...options.env },
    stdio: ["ignore", "pipe", options.onLog ? "pipe" : "inherit"],
  });
  if (child.stderr && options.onLog) createInterface(child.stderr).on("line", options.onLog);
  const ended = once(child, "exit").then(
    ([code, signal]: (number | string)[]) => code ?? signal ?? "unknown",
  );
  atEnd(t, async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const url = await Promise.race([
    announcedUrl(child),
    ended.then((how) => {
      throw new Error(`The orchestrator ended (${how}) before it was ready.`);
    }),
  ]);
  const volunteerUrl = new URL("/ws/volunteer", url);
  volunteerUrl.protocol = "ws:";
  return { api: new Api(url), url, volunteerUrl, dataDir, process: child, ended };
}

async function announcedUrl({ stdout }: ChildProcess): Promise<URL> {
  if (!stdout) throw new Error("The orchestrator has no output.");
  for await (const line of createInterface(stdout)) {
    const found = /http:\/\/\S+/.exec(line);
    if (!found) continue;
    // What comes later is nobody's business, but must not fill the pipe.
    stdout.resume();
    return new URL(found[0]);
  }
  throw new Error("The orchestrator said nothing.");
}

/** Runs `bin/zerverless` to its end. */
export async function runToEnd(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(launcher, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await ended;
  return { code: child.exitCode, stdout, stderr };
}
