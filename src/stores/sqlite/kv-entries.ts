import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KvEntry, KvRange } from "../../namespaces/kv-store.ts";
import type { JsonText } from "../../stdx/json-text.ts";
import type { GroupTail } from "./commit-group.ts";
import { prefixRange } from "./prefix-range.ts";
import { number, numberOrNone, type Row, text } from "./row.ts";

/** The tables of one namespace's database. An entry that has expired is not there, wherever it still lies. */
export class KvEntries {
  readonly versions: KvVersions;
  readonly #version: StatementSync;
  readonly #entry: StatementSync;
  readonly #keys: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #expired: StatementSync;
  readonly #removeRow: StatementSync;

  readonly #pages: StatementSync;
  readonly #freePages: StatementSync;
  readonly #pageBytes: number;
  readonly #bytesMax: number;

  /** @param bytesMax how large the file may become */
  constructor(database: DatabaseSync, bytesMax = Number.POSITIVE_INFINITY) {
    this.#bytesMax = bytesMax;
    this.#pages = database.prepare("PRAGMA page_count");
    this.#freePages = database.prepare("PRAGMA freelist_count");
    this.#pageBytes = number(database.prepare("PRAGMA page_size").get()?.page_size);
    const alive = "(expires_at IS NULL OR expires_at > ?)";
    this.versions = new KvVersions(database);
    this.#version = database.prepare(`SELECT version FROM entries WHERE key = ? AND ${alive}`);
    this.#entry = database.prepare(
      `SELECT version, expires_at, value FROM entries WHERE key = ? AND ${alive}`,
    );
    this.#keys = database.prepare(
      `SELECT key FROM entries WHERE key >= ? AND key < ? AND ${alive} ORDER BY key LIMIT ?`,
    );
    this.#put = database.prepare(
      `INSERT INTO entries (key, version, expires_at, value) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE
       SET version = excluded.version, expires_at = excluded.expires_at, value = excluded.value`,
    );
    this.#remove = database.prepare(`DELETE FROM entries WHERE key = ? AND ${alive}`);
    this.#expired = database.prepare(
      "SELECT id, octet_length(value) AS bytes FROM entries WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
    );
    this.#removeRow = database.prepare("DELETE FROM entries WHERE id = ?");
  }

  /** 0 when there is no entry. */
  version(key: string, now: number): number {
    const row = this.#version.get(key, now);
    return row ? number(row.version) : 0;
  }

  entry(key: string, now: number): KvEntry | undefined {
    const row = this.#entry.get(key, now);
    return row && entryOf(key, row);
  }

  keys({ prefix, after, limit }: KvRange, now: number): readonly string[] {
    const { from, until } = prefixRange(prefix, after);
    return this.#keys.all(from, until, now, limit).map((row) => text(row.key));
  }

  /** What is in use of the file, those of the transaction that is under way included. */
  get bytes(): number {
    const pages = number(this.#pages.get()?.page_count) - number(this.#freePages.get()?.freelist_count);
    return pages * this.#pageBytes;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  /** Whether there is room for a value of so many characters. */
  hasRoomFor(length: number): boolean {
    return this.#bytesMax === Number.POSITIVE_INFINITY || this.bytes + length <= this.#bytesMax;
  }

  /** Returns the entry's new version. */
  put(key: string, valueJson: JsonText, expiresAt: number | undefined): number {
    const version = this.versions.next();
    this.#put.run(key, version, expiresAt ?? null, valueJson);
    return version;
  }

  remove(key: string, now: number): boolean {
    return this.#remove.run(key, now).changes === 1;
  }

  hasExpired(now: number): boolean {
    return this.#expired.get(now, 1) !== undefined;
  }

  /** Removes the entries that expired first, until so many or so many bytes are gone. */
  removeExpired(now: number, entriesMax: number, bytesMax: number): void {
    let bytes = 0;
    for (const row of this.#expired.all(now, entriesMax)) {
      this.#removeRow.run(number(row.id));
      bytes += number(row.bytes);
      if (bytes >= bytesMax) return;
    }
  }
}

/**
 * Counts the namespace's versions. They are written once per transaction; one that was handed out in a transaction that
 * was then rolled back is skipped, since only growth is promised.
 */
class KvVersions implements GroupTail {
  readonly #write: StatementSync;
  #last: number;
  #unwritten = false;

  constructor(database: DatabaseSync) {
    this.#last = number(database.prepare("SELECT last FROM versions").get()?.last);
    this.#write = database.prepare("UPDATE versions SET last = ?");
  }

  next(): number {
    this.#unwritten = true;
    this.#last += 1;
    return this.#last;
  }

  flush(): void {
    if (this.#unwritten) this.#write.run(this.#last);
    this.#unwritten = false;
  }

  discard(): void {
    this.#unwritten = false;
  }
}

function entryOf(key: string, row: Row): KvEntry {
  return {
    key,
    // Only what the store was given as JSON is in this column.
    valueJson: text(row.value) as JsonText,
    version: number(row.version),
    expiresAt: numberOrNone(row.expires_at),
  };
}
