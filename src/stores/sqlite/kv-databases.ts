import { type Dir, existsSync, opendirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { refuse } from "../../protocol/errors.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import type { Clock, Timer } from "../../stdx/clock.ts";
import type { Log } from "../../stdx/log.ts";
import { makeDurableDirectory } from "../durable-directory.ts";
import { fileErrorOf } from "../file-error.ts";
import { KvDatabase, kvMigrations } from "./kv-database.ts";
import { KvTemplate } from "./kv-template.ts";

export interface KvDatabasesOptions {
  /** Holds one file per namespace, and nothing else. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How large each file may become; undefined: as large as the disk lets it. */
  readonly bytesMax?: number | undefined;
  /** How many files are open at once at most. */
  readonly openMax?: number;
  /** A file that nobody used for so long is closed. */
  readonly idleMs?: number;
}

interface Open {
  readonly database: KvDatabase;
  usedAt: number;
  /** Orders uses within one millisecond. */
  use: number;
  sweeping: Promise<void> | undefined;
}

const suffix = ".db";
/** How often expired entries are looked for, and idle files closed. */
const roundMs = 5000;
/** How often a walk over the closed files begins. */
const walkMs = 3_600_000;

/** Opens namespaces' database files when they are needed and closes them when they are not. */
export class KvDatabases implements AsyncDisposable {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #openMax: number;
  readonly #idleMs: number;
  readonly #bytesMax: number | undefined;
  readonly #template: KvTemplate;
  readonly #open = new Map<string, Open>();
  readonly #closing = new Set<Promise<void>>();
  #uses = 0;
  #timer: Timer | undefined;
  #walk: Dir | undefined;
  #walkAt: number;
  #disposed = false;

  constructor({ directory, clock, log, openMax = 64, idleMs = 60_000, bytesMax }: KvDatabasesOptions) {
    this.#directory = directory;
    this.#clock = clock;
    this.#log = log;
    this.#openMax = openMax;
    this.#idleMs = idleMs;
    this.#bytesMax = bytesMax;
    makeDirectory(directory);
    this.#template = new KvTemplate(directory, kvMigrations);
    this.#walkAt = clock.monotonic();
    this.#arm();
  }

  /** How many files are open now. */
  get size(): number {
    return this.#open.size;
  }

  /** The namespace's database; undefined when there is none yet. */
  find(namespace: string): KvDatabase | undefined {
    return (
      this.#opened(namespace) ?? (existsSync(this.#path(namespace)) ? this.#openNew(namespace) : undefined)
    );
  }

  /** The namespace's database, made if need be. */
  findOrMake(namespace: string): KvDatabase {
    const opened = this.#opened(namespace);
    if (opened) return opened;
    const path = this.#path(namespace);
    if (!existsSync(path)) this.#template.make(path);
    return this.#openNew(namespace);
  }

  /** Every namespace that has a database, in no order. */
  async names(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.#directory);
      // SQLite keeps files of its own beside an open database.
      return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
    } catch (error) {
      throw fileErrorOf(error, "The databases cannot be listed") ?? error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#timer?.cancel();
    this.#walk?.closeSync();
    for (const namespace of this.#open.keys()) this.#close(namespace);
    await Promise.all(this.#closing);
  }

  #opened(namespace: string): KvDatabase | undefined {
    if (this.#disposed) throw refuse("shutting_down", "The databases are closed.");
    const open = this.#open.get(namespace);
    if (!open) return undefined;
    open.usedAt = this.#clock.monotonic();
    open.use = ++this.#uses;
    return open.database;
  }

  #openNew(namespace: string): KvDatabase {
    const path = this.#path(namespace);
    while (this.#open.size >= this.#openMax) this.#close(this.#leastRecentlyUsed());
    const database = new KvDatabase(path, this.#bytesMax);
    const usedAt = this.#clock.monotonic();
    this.#open.set(namespace, { database, usedAt, use: ++this.#uses, sweeping: undefined });
    return database;
  }

  #path(namespace: string): string {
    // A name becomes a path here, so what the doors have checked is checked again.
    return join(this.#directory, namespaceSchema.parse(namespace) + suffix);
  }

  #leastRecentlyUsed(): string {
    let least: readonly [string, Open] | undefined;
    for (const entry of this.#open) if (!least || entry[1].use < least[1].use) least = entry;
    if (!least) throw new Error("No database is open.");
    return least[0];
  }

  /** What waits to be committed is committed before this returns. */
  #close(namespace: string): void {
    const open = this.#open.get(namespace);
    this.#open.delete(namespace);
    const closing = Promise.resolve(open?.database[Symbol.asyncDispose]())
      .catch((error: unknown) => this.#log.error({ err: error, namespace }, "a database did not close well"))
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #arm(): void {
    this.#timer = this.#clock.after(roundMs, () => {
      this.#round();
      this.#arm();
    });
  }

  #round(): void {
    const now = this.#clock.monotonic();
    for (const [namespace, open] of this.#open) {
      if (open.sweeping) continue;
      if (now - open.usedAt >= this.#idleMs) {
        this.#close(namespace);
        continue;
      }
      open.sweeping = this.#sweep(namespace, open.database).finally(() => {
        open.sweeping = undefined;
      });
    }
    this.#openNextClosed(now);
  }

  /** Until nothing is left to remove; in small steps, between which others have their turns. */
  async #sweep(namespace: string, database: KvDatabase): Promise<void> {
    try {
      while (this.#open.get(namespace)?.database === database && (await database.sweep(this.#clock.now()))) {
        await nextTurn();
      }
    } catch (error) {
      this.#log.warn({ err: error, namespace }, "expired entries could not be removed");
    }
  }

  /** Opens one of the files in turn, so that the rounds to come also reach what nobody asks for any more. */
  #openNextClosed(now: number): void {
    if (now < this.#walkAt || this.#open.size >= this.#openMax) return;
    try {
      this.#walk ??= opendirSync(this.#directory);
      const name = nextDatabase(this.#walk);
      if (name === undefined) {
        this.#walk.closeSync();
        this.#walk = undefined;
        this.#walkAt = now + walkMs;
      } else if (!this.#open.has(name)) {
        this.#openNew(name);
      }
    } catch (error) {
      this.#log.warn({ err: error }, "a closed database could not be looked at");
    }
  }
}

function nextDatabase(directory: Dir): string | undefined {
  for (let entry = directory.readSync(); entry; entry = directory.readSync()) {
    // SQLite keeps files of its own beside an open database.
    if (entry.isFile() && entry.name.endsWith(suffix)) return entry.name.slice(0, -suffix.length);
  }
  return undefined;
}

function makeDirectory(directory: string): void {
  try {
    makeDurableDirectory(directory);
  } catch (error) {
    throw fileErrorOf(error, `The databases' directory ${directory} cannot be used`) ?? error;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
