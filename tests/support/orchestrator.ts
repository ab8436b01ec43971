import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { CodeChecker, Invoker } from "../../src/functions/invoker.ts";
import type { DeclaredRoute } from "../../src/http/access/route-access.ts";
import { startOrchestrator } from "../../src/orchestrator/compose.ts";
import { type ConfigFlags, readConfig } from "../../src/orchestrator/config.ts";
import { type Clock, systemClock } from "../../src/stdx/clock.ts";
import { type Log, noLog } from "../../src/stdx/log.ts";
import { Api } from "./api.ts";
import { atEnd } from "./at-end.ts";

export interface BootOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: ConfigFlags;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Runs functions in place of volunteers. */
  readonly functionRunner?: Invoker & CodeChecker;
}

export interface BootedOrchestrator {
  readonly api: Api;
  readonly url: URL;
  readonly volunteerUrl: URL;
  readonly dataDir: string;
  readonly routes: readonly DeclaredRoute[];
  /** Stops it before the test's end. */
  stop(): Promise<void>;
}

/** A whole orchestrator in this process, on a free loopback port and a data directory of its own, until the test ends. */
export async function bootOrchestrator(
  t: TestContext,
  options: BootOptions = {},
): Promise<BootedOrchestrator> {
  const home = await temporaryDirectory(t);
  const dataDir = options.flags?.dataDir ?? join(home, "data");
  const config = readConfig(
    { HOME: home, SHUTDOWN_TIMEOUT: "0", ...options.env },
    { port: "0", ...options.flags, dataDir },
  );
  const { clock = systemClock, log = noLog } = options;
  const runner = options.functionRunner;
  const functionRunner = runner && { invoker: runner, checker: runner };
  const orchestrator = await startOrchestrator(config, { clock, log, version: "0.0.0-test", functionRunner });
  const stop = async () => orchestrator[Symbol.asyncDispose]();
  atEnd(t, stop);
  const volunteerUrl = new URL("/ws/volunteer", orchestrator.url);
  volunteerUrl.protocol = "ws:";
  const { url, routes } = orchestrator;
  return { api: new Api(url), url, volunteerUrl, dataDir, routes, stop };
}

export async function temporaryDirectory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "zerverless-test-"));
  atEnd(t, () => rm(path, { recursive: true, force: true }));
  return path;
}
