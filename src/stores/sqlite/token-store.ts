import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { TokenId, TokenRecord } from "../../access/token.ts";
import type { TokenStore } from "../../access/token-store.ts";
import type { CommitGroup } from "./commit-group.ts";
import { number, numberOrNone, type Row, text } from "./row.ts";
import { storageErrorOf } from "./storage-error.ts";

const columns = "id, name, hash, scopes, created_at, expires_at, last_used_at";

/** Tokens in SQLite. */
export class SqliteTokenStore implements TokenStore {
  readonly #commits: CommitGroup;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #all: StatementSync;
  readonly #delete: StatementSync;
  readonly #used: StatementSync;

  constructor({ database, commits }: { database: DatabaseSync; commits: CommitGroup }) {
    this.#commits = commits;
    this.#insert = database.prepare(`INSERT INTO tokens (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#find = database.prepare(`SELECT ${columns} FROM tokens WHERE hash = ?`);
    this.#all = database.prepare(`SELECT ${columns} FROM tokens ORDER BY rowid`);
    this.#delete = database.prepare("DELETE FROM tokens WHERE id = ?");
    this.#used = database.prepare("UPDATE tokens SET last_used_at = ? WHERE id = ?");
  }

  async insert({ id, name, hash, scopes, createdAt, expiresAt, lastUsedAt }: TokenRecord): Promise<void> {
    await this.#commits.run(() => {
      const times = [createdAt, expiresAt ?? null, lastUsedAt ?? null];
      this.#insert.run(id, name, hash, JSON.stringify(scopes), ...times);
    });
  }

  async find(hash: Uint8Array): Promise<TokenRecord | undefined> {
    return reading(() => {
      const row = this.#find.get(hash);
      return row && recordOf(row);
    });
  }

  async all(): Promise<readonly TokenRecord[]> {
    return reading(() => this.#all.all().map(recordOf));
  }

  delete(id: TokenId): Promise<boolean> {
    return this.#commits.run(() => this.#delete.run(id).changes === 1);
  }

  async used(times: ReadonlyMap<TokenId, number>): Promise<void> {
    await this.#commits.run(() => {
      for (const [id, at] of times) this.#used.run(at, id);
    });
  }
}

function recordOf(row: Row): TokenRecord {
  const scopes: unknown = JSON.parse(text(row.scopes));
  if (!Array.isArray(scopes)) throw new Error("tokens.scopes holds no array.");
  if (!(row.hash instanceof Uint8Array)) throw new Error("tokens.hash holds no bytes.");
  return {
    // Only what the store was given as a TokenId is ever in its place.
    id: text(row.id) as TokenId,
    name: text(row.name),
    hash: row.hash,
    scopes: scopes.map(String),
    createdAt: number(row.created_at),
    expiresAt: numberOrNone(row.expires_at),
    lastUsedAt: numberOrNone(row.last_used_at),
  };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The tokens cannot be read.") ?? error;
  }
}
