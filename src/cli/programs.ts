import { type OrchestratorConfig, readConfig, readWorkerConfig } from "../orchestrator/config.ts";
import type { Env } from "../orchestrator/env.ts";
import { systemClock } from "../stdx/clock.ts";
import type { Command } from "./args.ts";
import { createLog } from "./log.ts";

/** What both programs are given. */
export interface ProgramParts {
  readonly env: Env;
  readonly version: string;
  /** Aborted when the program is to stop. */
  readonly stop: AbortSignal;
  /** Says a line to whoever started the program. */
  say(line: string): void;
}

/** Runs an orchestrator until it is told to stop. */
export async function runOrchestrator(
  { flags }: Extract<Command, { kind: "orchestrator" }>,
  { env, version, stop, say }: ProgramParts,
): Promise<void> {
  const config = readConfig(env, flags);
  const log = createLog(config.log.level, process.stderr);
  // Either program loads only its own half of the code.
  const { startOrchestrator } = await import("../orchestrator/compose.ts");
  await using orchestrator = await startOrchestrator(config, { clock: systemClock, log, version });
  say(`Zerverless ${version} is ready at ${orchestrator.url.href} with ${workersOf(config)}.`);
  await aborted(stop);
  log.info({}, "stopping");
}

function workersOf({ workers: { count } }: OrchestratorConfig): string {
  if (count === 0) return "no workers of its own";
  return count === 1 ? "1 worker" : `${count} workers`;
}

/** Works for an orchestrator until told to stop; then what runs may finish, and the rest goes back. */
export async function runWorker(
  { url, slots, namespaces, share }: Extract<Command, { kind: "worker" }>,
  { env, version, stop, say }: ProgramParts,
): Promise<void> {
  const { cacheDir, shutdownTimeoutMs, token, log: logConfig } = readWorkerConfig(env);
  const log = createLog(logConfig.level, process.stderr);
  const { startWorker } = await import("../worker/compose.ts");
  await using worker = await startWorker(url, token, {
    slots,
    namespaces,
    share,
    cacheDir,
    version,
    clock: systemClock,
    log,
  });
  say(`Zerverless ${version} connects to ${url.href}.`);
  await aborted(stop);
  log.info({}, "finishing what runs");
  await worker.drain(shutdownTimeoutMs);
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
