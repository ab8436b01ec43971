import { basename } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { refuse } from "../../protocol/errors.ts";
import { checkVersion, type Migration, migrate, readMigrations } from "./migrations.ts";
import { storageErrorOf } from "./storage-error.ts";

/** How long a commit waits for another program, such as a backup, to let go of the file. It blocks the process. */
const busyTimeoutMs = 5000;

const pragmas = [
  // Every commit is synced to the disk before it is acknowledged; NORMAL would lose the last ones with the power.
  "synchronous = FULL",
  // A checkpoint writes each changed page once, however often it changed since the last: fewer, larger ones cost less.
  // 4,000 pages are 16 MiB, written in a few milliseconds.
  "wal_autocheckpoint = 4000",
  // A burst may stretch the log; afterwards it is cut back to this many bytes.
  "journal_size_limit = 67108864",
  // 32 MiB of pages hold the hot end of every index. It is a ceiling, taken up only as pages are read.
  "cache_size = -32768",
  // No memory mapping: through a mapping, a disk error is a SIGBUS that ends the process instead of an error code.
  "mmap_size = 0",
  "temp_store = MEMORY",
  // The schema can't be made to call functions, even by someone who edited the file.
  "trusted_schema = OFF",
];

/**
 * Opens a database file, makes it durable and brings its schema up to date. What fails is told in a sentence that names
 * the file.
 */
export function openDatabase(
  path: string,
  migrations: readonly Migration[] = readMigrations(),
): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
    // Before anything else, since even the journal mode is written into the file.
    checkVersion(database, migrations);
    const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
    if (mode !== "wal") {
      throw refuse(
        "storage_unavailable",
        `The file system of ${path} has no shared memory, which the database needs.`,
      );
    }
    for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
    migrate(database, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw storageErrorOf(error, `${basename(path)} could not be opened (${path}).`) ?? error;
  }
}
