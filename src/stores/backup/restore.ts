import { createReadStream, existsSync } from "node:fs";
import { open, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import * as tar from "tar";
import { refuse } from "../../protocol/errors.ts";
import { AppError } from "../../stdx/errors.ts";
import { checkFormat, unfinishedRestore } from "../data-format.ts";
import { syncDirectory } from "../durable-directory.ts";
import { fileErrorOf } from "../file-error.ts";
import { DataLock } from "../sqlite/data-lock.ts";
import { dataName, endName, type Manifest, manifestName, manifestSchema } from "./manifest.ts";

export interface RestoreOptions {
  /** Missing or empty. */
  readonly dataDir: string;
  readonly file: string;
}

const manifestBytesMax = 64 * 1024;
/** What a file system puts into a directory that is empty otherwise. */
const furniture: ReadonlySet<string> = new Set(["lost+found"]);
/** What the lock keeps there while a restore runs. */
const ownedByLock: ReadonlySet<string> = new Set(["zerverless.lock", "zerverless.pid"]);

/** Brings back what `backUp` wrote, into an empty data directory: wholly, or not at all. Refuses with a sentence. */
export async function restore({ dataDir, file }: RestoreOptions): Promise<Manifest> {
  try {
    const manifest = await readManifest(file);
    checkFormat(manifest.format, `The backup ${file}`);
    await checkEmpty(dataDir);
    using _lock = DataLock.acquire(dataDir);
    const marker = join(dataDir, unfinishedRestore);
    await writeFile(marker, "");
    try {
      await unpack(file, dataDir);
      await syncAll(dataDir);
    } catch (error) {
      await empty(dataDir);
      throw error;
    }
    await rm(marker);
    await syncDirectory(dataDir);
    return manifest;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw fileErrorOf(error, "The backup could not be restored") ?? notWhole(file, error);
  }
}

function notWhole(file: string, cause?: unknown): AppError {
  return refuse("storage_unavailable", `${file} is not a whole backup; nothing was restored.`, { cause });
}

/** Reads no further than the first entry. */
async function readManifest(file: string): Promise<Manifest> {
  const source = createReadStream(file);
  const first = Promise.withResolvers<string | undefined>();
  const parser = new tar.Parser({
    strict: true,
    onReadEntry: (entry) => {
      const isManifest = entry.path === manifestName && entry.size <= manifestBytesMax;
      first.resolve(isManifest ? text(entry) : undefined);
    },
  });
  source.on("error", first.reject);
  parser.on("error", () => first.resolve(undefined));
  parser.on("end", () => first.resolve(undefined));
  source.pipe(parser);
  try {
    const json = await first.promise;
    const read = manifestSchema.safeParse(json === undefined ? undefined : JSON.parse(json));
    if (!read.success) throw notWhole(file, read.error);
    return read.data;
  } finally {
    source.destroy();
  }
}

async function checkEmpty(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) return;
  const names = (await readdir(dataDir)).filter((name) => !furniture.has(name));
  // Says so in its own words when an orchestrator is running there.
  if (names.includes("zerverless.lock")) DataLock.acquire(dataDir)[Symbol.dispose]();
  if (names.every((name) => ownedByLock.has(name))) return;
  throw refuse(
    "storage_unavailable",
    `The data directory ${dataDir} is not empty. Restore into an empty one; say where with --data-dir.`,
  );
}

async function unpack(file: string, dataDir: string): Promise<void> {
  let ended = false;
  let strange = false;
  await tar.extract({
    file,
    cwd: dataDir,
    strict: true,
    strip: 1,
    preserveOwner: false,
    dmode: 0o700,
    filter: (path, entry) => {
      ended = path === endName;
      if (ended || path === manifestName) return false;
      if (!("type" in entry) || !isData(path, entry.type)) {
        strange = true;
        return false;
      }
      // Secrets are among them, and somebody else may have made the backup: its word on who may read or run is not taken.
      entry.mode = entry.type === "File" ? 0o600 : 0o700;
      return true;
    },
  });
  if (!ended || strange) throw notWhole(file);
}

/** Whether a backup may have such an entry: one that leads nowhere but into the data directory. */
function isData(path: string, type: string): boolean {
  const [root, ...names] = path.replace(/\/$/, "").split("/");
  const isPlain = type === "File" || type === "Directory";
  const leads = names.every((name) => name !== "" && name !== "." && name !== "..");
  return isPlain && root === dataName && leads && !ownedByLock.has(names.join("/"));
}

/** Every byte, every name; and every database is seen to be one. */
async function syncAll(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (ownedByLock.has(entry.name)) continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      await syncAll(path);
      continue;
    }
    if (entry.name.endsWith(".db")) checkDatabase(path);
    await using handle = await open(path, "r+");
    await handle.sync();
  }
  await syncDirectory(directory);
}

function checkDatabase(path: string): void {
  const database = new DatabaseSync(path);
  try {
    const verdict = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (verdict !== "ok")
      throw refuse("storage_unavailable", `The backup's database ${path} is damaged: ${verdict}.`);
  } finally {
    database.close();
  }
}

async function empty(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (furniture.has(name) || ownedByLock.has(name)) continue;
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}
