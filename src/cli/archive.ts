import { readDataDir } from "../orchestrator/config.ts";
import type { Env } from "../orchestrator/env.ts";
import { systemClock } from "../stdx/clock.ts";
import type { ArchiveCommand } from "./args.ts";

export interface ArchiveParts {
  readonly env: Env;
  readonly version: string;
  say(line: string): void;
}

/**
 * Saves a data directory or brings one back. Both work on the directory itself and ask no orchestrator: a backup reads
 * beside one that runs, a restore refuses to.
 */
export async function runArchive(
  command: ArchiveCommand,
  { env, version, say }: ArchiveParts,
): Promise<void> {
  const { kind, file } = command;
  const dataDir = readDataDir(env, command.dataDir);
  if (kind === "backup") {
    const { backUp } = await import("../stores/backup/backup.ts");
    const { bytes, databases, files } = await backUp({ dataDir, file, version, now: systemClock.now() });
    say(`${file} holds ${dataDir}: ${databases} databases and ${files} files in ${megabytes(bytes)}.`);
    return;
  }
  const { restore } = await import("../stores/backup/restore.ts");
  const { databases, files, made_at, version: madeBy } = await restore({ dataDir, file });
  say(
    `${dataDir} is as it was at ${made_at}, by Zerverless ${madeBy}: ${databases} databases and ${files} files.`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
