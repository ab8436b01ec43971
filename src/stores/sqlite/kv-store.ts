import type {
  KvCommand,
  KvDelete,
  KvDeleteResult,
  KvEntry,
  KvIncrement,
  KvIncrementResult,
  KvRange,
  KvResult,
  KvSet,
  KvSetResult,
  KvStore,
} from "../../namespaces/kv-store.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import {
  makesEntries,
  missingTable,
  type Refusal,
  runCommands,
  runDelete,
  runIncrement,
  runSet,
} from "./kv-commands.ts";
import { KvDatabases, type KvDatabasesOptions } from "./kv-databases.ts";
import { storageErrorOf } from "./storage-error.ts";

/**
 * Namespaces' databases in SQLite, one file each.
 *
 * Writes of a namespace that arrive in one turn of the event loop share a transaction. Reads look at the file between
 * transactions, on the same connection: so they see all that was acknowledged and nothing that might yet be lost. A file
 * stays when its last entry is deleted, one page or two long, because it remembers which versions were used.
 */
export class SqliteKvStore implements KvStore, AsyncDisposable {
  readonly #databases: KvDatabases;
  readonly #clock: Clock;

  constructor(options: KvDatabasesOptions) {
    this.#databases = new KvDatabases(options);
    this.#clock = options.clock;
  }

  /** How many databases are open now. */
  get openCount(): number {
    return this.#databases.size;
  }

  async get(namespace: string, key: string): Promise<KvEntry | undefined> {
    return reading(() => this.#databases.find(namespace)?.entries.entry(key, this.#clock.now()));
  }

  async list(namespace: string, range: KvRange): Promise<readonly string[]> {
    return reading(() => this.#databases.find(namespace)?.entries.keys(range, this.#clock.now()) ?? []);
  }

  async countByNamespace({ prefix, after = "", limit }: NameRange): Promise<readonly NameCount[]> {
    const names = await this.#databases.names();
    return names
      .filter((name) => name.startsWith(prefix) && name > after)
      .sort()
      .slice(0, limit)
      .map((name) => ({ name, count: 1 }));
  }

  async usage(namespace: string): Promise<number> {
    return reading(() => this.#databases.find(namespace)?.entries.bytes ?? 0);
  }

  async set(namespace: string, command: KvSet): Promise<KvSetResult> {
    const { commits, entries } = this.#databases.findOrMake(namespace);
    return granted(await commits.run(() => runSet(entries, command, this.#clock.now()), entries.versions));
  }

  async delete(namespace: string, command: KvDelete): Promise<KvDeleteResult> {
    const database = this.#databases.find(namespace);
    if (!database) return granted(runDelete(missingTable, command, this.#clock.now()));
    const { commits, entries } = database;
    return granted(await commits.run(() => runDelete(entries, command, this.#clock.now())));
  }

  async increment(namespace: string, command: KvIncrement): Promise<KvIncrementResult> {
    const { commits, entries } = this.#databases.findOrMake(namespace);
    return granted(
      await commits.run(() => runIncrement(entries, command, this.#clock.now()), entries.versions),
    );
  }

  async batch(namespace: string, commands: readonly KvCommand[]): Promise<readonly KvResult[]> {
    const database = commands.some(makesEntries)
      ? this.#databases.findOrMake(namespace)
      : this.#databases.find(namespace);
    const run = (table: typeof missingTable) => runCommands(table, commands, this.#clock.now());
    if (!database) return granted(run(missingTable));
    // Nothing to make durable: it need not wait for a commit.
    if (commands.every(({ op }) => op === "get" || op === "check")) {
      return granted(reading(() => run(database.entries)));
    }
    const { commits, entries } = database;
    return granted(await commits.run(() => database.batch(commands, this.#clock.now()), entries.versions));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#databases[Symbol.asyncDispose]();
  }
}

function granted<Result>(result: Result | Refusal): Result {
  if (result instanceof Error) throw result;
  return result;
}

function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The database cannot be read.") ?? error;
  }
}
