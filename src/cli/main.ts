import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { ListenError } from "../http/listener.ts";
import { ConfigError } from "../orchestrator/config.ts";
import { processEnv } from "../orchestrator/env.ts";
import { AppError } from "../stdx/errors.ts";
import { type Command, helpText, parseCommand, UsageError } from "./args.ts";
import { runOrchestrator, runWorker } from "./programs.ts";

const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

const complain = (sentence: string) => void process.stderr.write(`zerverless: ${sentence}\n`);
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function run(command: Command): Promise<void> {
  const version = readVersion();
  if (command.kind === "help") return say(helpText);
  if (command.kind === "version") return say(version);
  if ("file" in command) {
    const { runArchive } = await import("./archive.ts");
    return runArchive(command, { env: processEnv(), version, say });
  }
  for (const note of command.notes) complain(note);
  const parts = { env: processEnv(), version, stop: stopOnSignals(), say };
  return command.kind === "worker" ? runWorker(command, parts) : runOrchestrator(command, parts);
}

function readVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"),
  );
  return version;
}

/** The first signal asks; a second one is an order. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(exitCodes.interrupted);
      stop.abort();
    });
  }
  return stop.signal;
}

/**
 * A file that may grow no further (`ulimit -f`) is a disk that is full: the write fails and its request is refused. The
 * signal that comes with it would end the program instead.
 */
function outliveFullFiles(): void {
  process.on("SIGXFSZ", () => {});
}

/** What people can mend is told as its sentence, everything else whole. */
function report(error: unknown): number {
  if (error instanceof UsageError || error instanceof ConfigError) {
    complain(error.message);
    return exitCodes.usage;
  }
  complain(error instanceof AppError || error instanceof ListenError ? error.message : inspect(error));
  return exitCodes.failed;
}

try {
  outliveFullFiles();
  await run(parseCommand(process.argv.slice(2)));
} catch (error) {
  process.exitCode = report(error);
}
