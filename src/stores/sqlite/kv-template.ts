import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileErrorOf } from "../file-error.ts";
import { type Migration, migrate } from "./migrations.ts";
import { storageErrorOf } from "./storage-error.ts";

/** No namespace has a name like this. */
const templateName = ".template";

/**
 * Makes new databases by writing down the bytes of an empty one. Made step by step, each would wait for the disk a dozen
 * times, and a crash could leave it half made.
 */
export class KvTemplate {
  readonly #directory: string;
  readonly #migrations: readonly Migration[];
  #bytes: Buffer | undefined;

  constructor(directory: string, migrations: readonly Migration[]) {
    this.#directory = directory;
    this.#migrations = migrations;
  }

  /** The file is whole or not there; its name is durable with the first commit, for which SQLite syncs the directory. */
  make(path: string): void {
    this.#bytes ??= this.#build();
    const unfinished = `${path}.new`;
    try {
      const descriptor = openSync(unfinished, "w", 0o600);
      try {
        writeFileSync(descriptor, this.#bytes);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(unfinished, path);
    } catch (error) {
      throw fileErrorOf(error, "The namespace's database cannot be made") ?? error;
    }
  }

  #build(): Buffer {
    const path = join(this.#directory, templateName);
    // One that a crash left behind is in an unknown state.
    rmSync(path, { force: true });
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      // That a file can give free pages back has to be said before anything is in it.
      database.exec("PRAGMA synchronous = OFF; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
      migrate(database, this.#migrations);
    } catch (error) {
      throw storageErrorOf(error, "The namespace's database cannot be made.") ?? error;
    } finally {
      // The last to close moves what is in the log into the file.
      database?.close();
    }
    const bytes = readFileSync(path);
    rmSync(path);
    return bytes;
  }
}
