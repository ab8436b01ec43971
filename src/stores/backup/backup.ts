import { existsSync } from "node:fs";
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import * as tar from "tar";
import { refuse } from "../../protocol/errors.ts";
import { dataFormat } from "../data-format.ts";
import { syncDirectory } from "../durable-directory.ts";
import { fileErrorOf } from "../file-error.ts";
import { storageErrorOf } from "../sqlite/storage-error.ts";
import { dataName, endName, type Manifest, manifestName } from "./manifest.ts";
import { Snapshot } from "./snapshot.ts";

export interface BackupOptions {
  readonly dataDir: string;
  /** Where the backup goes; nothing may be there yet. */
  readonly file: string;
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface BackupReport extends Manifest {
  readonly bytes: number;
}

const stagingPrefix = ".backup-";

/**
 * Writes a data directory into one file, whether its orchestrator runs or not. The file appears under its name only when
 * it is whole and on the disk. Refuses with a sentence.
 */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { dataDir } = options;
  const file = resolve(options.file);
  checkPlaces(dataDir, file);
  try {
    await clearLeftovers(dataDir);
    // Beside the data, since large files are not copied but given a second name, which takes the same file system.
    const staging = await mkdtemp(join(dataDir, `${stagingPrefix}${process.pid}-`));
    try {
      return await archive(staging, file, options);
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  } catch (error) {
    const sentence = "The backup could not be made";
    throw fileErrorOf(error, sentence) ?? storageErrorOf(error, `${sentence}.`) ?? error;
  }
}

function checkPlaces(dataDir: string, file: string): void {
  if (!existsSync(join(dataDir, "zerverless.db"))) {
    throw refuse(
      "storage_unavailable",
      `There is no orchestrator's data in ${dataDir}; say where with --data-dir.`,
    );
  }
  if (existsSync(file)) throw refuse("storage_unavailable", `${file} is there already, and is not replaced.`);
  if (!relative(dataDir, file).startsWith("..")) {
    throw refuse("storage_unavailable", `${file} lies in the data directory; a backup belongs elsewhere.`);
  }
}

/** What a backup left behind that was killed. */
async function clearLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = new RegExp(`^${RegExp.escape(stagingPrefix)}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function archive(
  staging: string,
  file: string,
  { dataDir, version, now }: BackupOptions,
): Promise<BackupReport> {
  await mkdir(join(staging, dataName), { mode: 0o700 });
  const counts = await new Snapshot(dataDir, join(staging, dataName)).take();
  const manifest: Manifest = {
    zerverless_backup: 1,
    format: dataFormat,
    version,
    made_at: new Date(now).toISOString(),
    ...counts,
  };
  await writeFile(join(staging, manifestName), `${JSON.stringify(manifest)}\n`);
  await writeFile(join(staging, endName), "{}\n");
  const part = `${file}.part`;
  try {
    const names = [manifestName, ...(await filesBelow(staging, dataName)), endName];
    // Without owners: who restores it owns it. It holds secrets, so it is nobody else's to read.
    await tar.create({ file: part, cwd: staging, portable: true, mode: 0o600 }, names);
    await syncFile(part);
    await rename(part, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  return { ...manifest, bytes: (await stat(file)).size };
}

async function syncFile(path: string): Promise<void> {
  await using handle = await open(path, "r+");
  await handle.sync();
}

async function filesBelow(root: string, directory: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}
