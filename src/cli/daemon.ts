import { parseCommand } from "./args.ts";
import type { ExitCode, Surroundings, Words } from "./command.ts";
import { connect } from "./connection.ts";
import { runOrchestrator, runWorker } from "./programs.ts";
import { withSentences } from "./sentences.ts";

/** Runs one of the two programs that stay, until it is told to stop. */
export async function runDaemon(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  outliveFullFiles();
  const { env, version, stop, out, err } = surroundings;
  const say = (line: string) => void out.write(`${line}\n`);
  return withSentences(err, async () => {
    const command = parseCommand(argv);
    for (const note of command.notes) err.write(`zerverless: ${note}\n`);
    const parts = { env, version, stop, say };
    if (command.kind === "worker") await runWorker(command, parts);
    else await runOrchestrator(command, parts);
    return 0;
  });
}

/** `work` in the words of `--worker`: the orchestrator is an operand, or the one that every command is about. */
export async function workerWords(words: Words, surroundings: Surroundings): Promise<string[]> {
  words.noMoreThan(1);
  const [given] = words.operands;
  const url = given ?? (await connect(words, surroundings)).url.href;
  const flags = words.argv.filter((word) => word !== given);
  return ["--worker", url, ...flags];
}

/**
 * A file that may grow no further (`ulimit -f`) is a disk that is full: the write fails and its request is refused. The
 * signal that comes with it would end the program instead.
 */
function outliveFullFiles(): void {
  process.on("SIGXFSZ", () => {});
}
