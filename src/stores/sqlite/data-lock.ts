import { accessSync, constants, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { refuse } from "../../protocol/errors.ts";
import { makeDurableDirectory } from "../durable-directory.ts";
import { fileErrorOf } from "../file-error.ts";
import { sqliteCodeOf, storageErrorOf } from "./storage-error.ts";

const sqliteBusy = 5;

/**
 * One process's claim on a data directory.
 *
 * The claim is an open transaction on the empty database `zerverless.lock`: SQLite holds it with a lock of the operating
 * system, which the kernel lets go however the process ends, so nothing stale is ever left behind. `zerverless.pid`
 * beside it only tells people who the holder is.
 *
 * Nothing else may open and close `zerverless.lock` in the holding process: POSIX drops a process's locks on a file when
 * the process closes any descriptor of it.
 */
export class DataLock implements Disposable {
  readonly #database: DatabaseSync;
  readonly #pidFile: string;

  private constructor(database: DatabaseSync, pidFile: string) {
    this.#database = database;
    this.#pidFile = pidFile;
  }

  /** Makes the directory if need be and claims it; throws a sentence that names it when that cannot be had. */
  static acquire(dataDir: string): DataLock {
    const lock = DataLock.acquireUnlessHeld(dataDir);
    if (lock) return lock;
    const pidFile = join(dataDir, "zerverless.pid");
    throw refuse(
      "storage_unavailable",
      `The data directory ${dataDir} is in use by another Zerverless process${holder(pidFile)}.`,
    );
  }

  /** The same, but undefined where another process has the directory. */
  static acquireUnlessHeld(dataDir: string): DataLock | undefined {
    const pidFile = join(dataDir, "zerverless.pid");
    const unusable = `The data directory ${dataDir} cannot be used`;
    let database: DatabaseSync | undefined;
    try {
      makeDurableDirectory(dataDir);
      // Asked first only because the file system gives a better reason than SQLite does.
      accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
      database = new DatabaseSync(join(dataDir, "zerverless.lock"), { timeout: 0 });
      database.exec("BEGIN IMMEDIATE");
      writeFileSync(pidFile, `${process.pid}\n`);
      return new DataLock(database, pidFile);
    } catch (error) {
      database?.close();
      if (sqliteCodeOf(error) === sqliteBusy) return undefined;
      throw fileErrorOf(error, unusable) ?? storageErrorOf(error, `${unusable}.`) ?? error;
    }
  }

  [Symbol.dispose](): void {
    if (!this.#database.isOpen) return;
    // Removed while the claim still stands, so that it can't be the next holder's.
    rmSync(this.#pidFile, { force: true });
    this.#database.close();
  }
}

/** ` (pid 123)`, or nothing in the instant between a holder's claim and its note. */
function holder(pidFile: string): string {
  try {
    const pid = /^(\d+)\n$/.exec(readFileSync(pidFile, "utf8"))?.[1];
    return pid === undefined ? "" : ` (pid ${pid})`;
  } catch {
    return "";
  }
}
