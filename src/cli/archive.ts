import { readDataDir } from "../orchestrator/config.ts";
import { systemClock } from "../stdx/clock.ts";
import { formatBytes } from "../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "./command.ts";
import { withSentences } from "./sentences.ts";

/**
 * Saves a data directory or brings one back. Both work on the directory itself and ask no orchestrator: a backup reads
 * beside one that runs, a restore refuses to.
 */
export async function runArchive(
  kind: "backup" | "restore",
  words: Words,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const file = words.operand(0, "The backup's file, such as zerverless-backup.tar,");
  words.noMoreThan(1);
  return withSentences(surroundings.err, () => archive(kind, file, words, surroundings));
}

async function archive(
  kind: "backup" | "restore",
  file: string,
  words: Words,
  { env, version, out }: Surroundings,
): Promise<ExitCode> {
  const say = (line: string) => void out.write(`${line}\n`);
  const dataDir = readDataDir(env, words.value("data-dir"));
  if (kind === "backup") {
    const { backUp } = await import("../stores/backup/backup.ts");
    const { bytes, databases, files } = await backUp({ dataDir, file, version, now: systemClock.now() });
    say(`${file} holds ${dataDir}: ${databases} databases and ${files} files in ${formatBytes(bytes)}.`);
    return 0;
  }
  const { restore } = await import("../stores/backup/restore.ts");
  const { databases, files, made_at, version: madeBy } = await restore({ dataDir, file });
  say(
    `${dataDir} is as it was at ${made_at}, by Zerverless ${madeBy}: ${databases} databases and ${files} files.`,
  );
  return 0;
}
