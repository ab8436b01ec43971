import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KvCommand, KvResult } from "../../namespaces/kv-store.ts";
import { CommitGroup } from "./commit-group.ts";
import { type Refusal, runCommands } from "./kv-commands.ts";
import { KvEntries } from "./kv-entries.ts";
import { readMigrations } from "./migrations.ts";
import { openDatabase } from "./open.ts";
import { number } from "./row.ts";

export const kvMigrations = readMigrations(join(import.meta.dirname, "kv-migrations"));

/** Many are open at once, and each is small, so each gets less of everything than the system's database. */
const pragmas =
  "PRAGMA cache_size = -2048; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 4194304";

/** One turn of sweeping holds the event loop for a few milliseconds at most. */
const sweepEntriesMax = 500;
const sweepBytesMax = 4 * 1024 * 1024;
const sweepPagesMax = 512;

/** One namespace's database file, which is there, while it is open. */
export class KvDatabase implements AsyncDisposable {
  readonly entries: KvEntries;
  readonly commits: CommitGroup;
  readonly #database: DatabaseSync;
  readonly #savepoint: StatementSync;
  readonly #rollback: StatementSync;
  readonly #release: StatementSync;
  readonly #freePages: StatementSync;

  constructor(path: string, bytesMax?: number) {
    this.#database = openDatabase(path, kvMigrations);
    this.#database.exec(pragmas);
    this.entries = new KvEntries(this.#database, bytesMax);
    this.commits = new CommitGroup(this.#database);
    this.#savepoint = this.#database.prepare("SAVEPOINT batch");
    this.#rollback = this.#database.prepare("ROLLBACK TO batch");
    this.#release = this.#database.prepare("RELEASE batch");
    this.#freePages = this.#database.prepare("PRAGMA freelist_count");
  }

  /** Runs commands as a part of the caller's transaction: all of them, or none when one is refused. */
  batch(commands: readonly KvCommand[], now: number): readonly KvResult[] | Refusal {
    this.#savepoint.run();
    const results = runCommands(this.entries, commands, now);
    if (results instanceof Error) this.#rollback.run();
    this.#release.run();
    return results;
  }

  /** Removes some of what has expired and returns some free pages to the file system. True when there may be more. */
  async sweep(now: number): Promise<boolean> {
    if (this.entries.hasExpired(now)) {
      await this.commits.run(() => this.entries.removeExpired(now, sweepEntriesMax, sweepBytesMax));
      return true;
    }
    if (number(this.#freePages.get()?.freelist_count) === 0) return false;
    this.#database.exec(`PRAGMA incremental_vacuum(${sweepPagesMax})`);
    return number(this.#freePages.get()?.freelist_count) > 0;
  }

  /** Commits what waits, within this turn of the event loop, and closes the file; its write-ahead log goes with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const committed = this.commits[Symbol.asyncDispose]();
    this.#database.close();
    await committed;
  }
}
