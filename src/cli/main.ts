import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { ZerverlessError } from "../client/error.ts";
import { processEnv } from "../orchestrator/env.ts";
import type { ExitCode, Surroundings } from "./command.ts";
import { commands } from "./commands.ts";
import { helpPage, overview } from "./help.ts";
import { nearest } from "./nearest.ts";
import { textFor } from "./screen.ts";
import { UsageError } from "./usage-error.ts";
import { readWords } from "./words.ts";

const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

/** The first word names a command. Flags alone start an orchestrator, or with `--worker` a worker. */
async function run(argv: readonly string[]): Promise<ExitCode> {
  const surroundings = surround();
  const [first = "", ...rest] = argv;
  if (first === "--version") return tell(`${surroundings.version}\n`);
  if (first === "--help" || first === "-h" || first === "help") return help(rest[0]);
  if (first === "" || first.startsWith("-")) {
    if (argv.includes("--help") || argv.includes("-h")) return tell(overview(commands));
    return (await import("./daemon.ts")).runDaemon(argv, surroundings);
  }
  const command = commandOf(first);
  if (rest.includes("--help") || rest.includes("-h")) return tell(helpPage(command));
  return command.run(readWords(command, rest), surroundings);
}

function help(name: string | undefined): ExitCode {
  return tell(name === undefined ? overview(commands) : helpPage(commandOf(name)));
}

function commandOf(name: string) {
  const command = commands.find((known) => known.name === name);
  if (command) return command;
  const close = nearest(
    name,
    commands.map((known) => known.name),
  );
  const advice = close === undefined ? "try --help" : `did you mean ${close}?`;
  throw new UsageError(`${JSON.stringify(name)} is not something zerverless understands; ${advice}`);
}

function tell(text: string): ExitCode {
  process.stdout.write(text);
  return 0;
}

function surround(): Surroundings {
  const { stdout: out, stderr: err } = process;
  return { env: processEnv(), version: readVersion(), stop: stopOnSignals(), out, err };
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

/** What people can mend is told as its sentence, everything else whole. */
function report(error: unknown): number {
  const isTold = error instanceof UsageError || error instanceof ZerverlessError;
  const text = `zerverless: ${isTold ? error.message : inspect(error)}\n`;
  process.stderr.write(textFor(process.stderr, text));
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

/** Who reads our output may have enough of it, as `head` does. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = (await run(process.argv.slice(2))) ?? 0;
} catch (error) {
  process.exitCode = report(error);
}
