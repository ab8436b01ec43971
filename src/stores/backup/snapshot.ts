import { existsSync } from "node:fs";
import { copyFile, link, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { fileCodeOf } from "../file-error.ts";
import { text } from "../sqlite/row.ts";

/** What was put into a snapshot. */
export interface SnapshotCounts {
  readonly databases: number;
  readonly files: number;
}

/** Bounds the time for which one step of a backup holds the database's mutex. */
const pagesPerStep = 2000;
/** Each round misses only what was deleted while it ran, so a second one is rare and a third has never been seen. */
const roundsMax = 20;

const busyTimeoutMs = 5000;

const systemDatabase = "zerverless.db";
const storage = "storage";
/** What is there while a process runs, or while something is being written. */
const passing = /^\.|^zerverless\.(?:lock|pid)$|-(?:wal|shm|journal)$|\.(?:new|part)$|^(?:incoming|parts)$/;
/** Directories whose files never change once they are there: a second name for each keeps it. */
const immutable: readonly string[] = ["blocks", storage];

/**
 * Copies a data directory as it is at one moment, though its orchestrator may be writing to it.
 *
 * Each database is copied from inside one read transaction, which holds up no writer. What a database refers to is taken
 * after it: blocks are only ever added, and a blob that was removed in between makes the index of files be taken again.
 */
export class Snapshot {
  readonly #from: string;
  readonly #to: string;
  readonly #databases = new Set<string>();
  #files = 0;

  /** @param to a directory on the same file system, so that large files need no copy */
  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  async take(): Promise<SnapshotCounts> {
    await this.#database(systemDatabase);
    await this.#storedFiles();
    await this.#walk("");
    return { databases: this.#databases.size, files: this.#files };
  }

  async #walk(directory: string): Promise<void> {
    const entries = await readdir(join(this.#from, directory), { withFileTypes: true });
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (passing.test(entry.name) || path === systemDatabase || path === storage) continue;
      if (entry.isDirectory()) await this.#walk(path);
      else if (entry.isFile() && entry.name.endsWith(".db")) await this.#database(path);
      else if (entry.isFile()) await this.#file(path);
    }
  }

  async #storedFiles(): Promise<void> {
    const index = join(storage, "index.db");
    const have = new Set<string>();
    for (let round = 0; round < roundsMax; round++) {
      if (!(await this.#database(index))) return;
      let complete = true;
      for (const blob of blobsOf(join(this.#to, index))) {
        if (have.has(blob)) continue;
        if (await this.#blob(blob)) have.add(blob);
        else complete = false;
      }
      if (complete) return;
    }
    throw new Error("The files change faster than they can be copied.");
  }

  /** False when it was deleted. It may be on its way from where it was written to where it stays. */
  async #blob(id: string): Promise<boolean> {
    const stays = join(storage, "blobs", id.slice(0, 2), id);
    const arrives = join(storage, "incoming", id);
    return (
      (await this.#keep(stays, stays)) ||
      (await this.#keep(arrives, stays)) ||
      (await this.#keep(stays, stays))
    );
  }

  async #file(path: string): Promise<void> {
    await this.#keep(path, path);
  }

  /** False when it is not there. */
  async #keep(path: string, as: string): Promise<boolean> {
    const [source, target] = [join(this.#from, path), join(this.#to, as)];
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      const shared = immutable.some((directory) => path.startsWith(`${directory}/`));
      if (!shared || !(await linked(source, target))) await copyFile(source, target);
    } catch (error) {
      if (fileCodeOf(error) === "ENOENT") return false;
      throw error;
    }
    this.#files++;
    return true;
  }

  /** False when it is not there. */
  async #database(path: string): Promise<boolean> {
    const [source, target] = [join(this.#from, path), join(this.#to, path)];
    if (!existsSync(source)) return false;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(source, { readOnly: true, timeout: busyTimeoutMs });
    try {
      // Begins the read transaction, in which every step of the backup then reads.
      database.exec("BEGIN");
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
      await backup(database, target, { rate: pagesPerStep });
    } finally {
      database.close();
    }
    this.#databases.add(path);
    return true;
  }
}

/** False on file systems that give a file no second name. */
async function linked(source: string, target: string): Promise<boolean> {
  try {
    await link(source, target);
    return true;
  } catch (error) {
    if (fileCodeOf(error) === "ENOENT") throw error;
    return false;
  }
}

function* blobsOf(indexPath: string): Generator<string> {
  // Nobody else has it, and reading it otherwise would leave a log and shared memory beside it.
  const index = new DatabaseSync(`${pathToFileURL(indexPath)}?immutable=1`, { readOnly: true });
  try {
    for (const row of index.prepare("SELECT blob FROM files").iterate()) yield text(row.blob);
  } finally {
    index.close();
  }
}
