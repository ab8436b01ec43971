import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { AuditEntry, AuditPlace, AuditStore, PlacedEntry } from "../../access/audit-store.ts";
import type { CommitGroup } from "./commit-group.ts";
import { number, text } from "./row.ts";
import { storageErrorOf } from "./storage-error.ts";

/** Below this size there is little to gain. */
const compressedFromChars = 1024;
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** Segments that are read before others have the event loop. */
const scanSegments = 16;

/** The audit log in SQLite, a row for all entries that were written together. */
export class SqliteAuditStore implements AuditStore {
  readonly #commits: CommitGroup;
  readonly #insert: StatementSync;
  readonly #before: StatementSync;
  readonly #oldest: StatementSync;
  readonly #delete: StatementSync;
  readonly #bytesNow: StatementSync;
  /** Of all contents; undefined until it is asked for. */
  #bytes: number | undefined;

  constructor({ database, commits }: { database: DatabaseSync; commits: CommitGroup }) {
    this.#commits = commits;
    this.#insert = database.prepare(
      "INSERT INTO audit_segments (last_at, entries, bytes, content) VALUES (?, ?, ?, ?)",
    );
    this.#before = database.prepare(
      "SELECT id, content FROM audit_segments WHERE id <= ? ORDER BY id DESC LIMIT ?",
    );
    this.#oldest = database.prepare("SELECT id, last_at, bytes FROM audit_segments ORDER BY id LIMIT ?");
    this.#delete = database.prepare("DELETE FROM audit_segments WHERE id = ?");
    this.#bytesNow = database.prepare("SELECT coalesce(sum(bytes), 0) AS bytes FROM audit_segments");
  }

  async append(entries: readonly AuditEntry[]): Promise<void> {
    const last = entries.at(-1);
    if (!last) return;
    const json = JSON.stringify(entries.map(tupleOf));
    const content = json.length < compressedFromChars ? json : zstdCompressSync(json, zstdOptions);
    const bytes = typeof content === "string" ? Buffer.byteLength(content) : content.length;
    await this.#commits.run(() => this.#insert.run(last.at, entries.length, bytes, content));
    if (this.#bytes !== undefined) this.#bytes += bytes;
  }

  async *newestFirst(before: AuditPlace | undefined): AsyncIterable<readonly PlacedEntry[]> {
    // The place itself was shown already; the first segment may have some that lie before it.
    let last = before?.segment ?? Number.MAX_SAFE_INTEGER;
    for (;;) {
      const rows = reading(() => this.#before.all(last, scanSegments));
      for (const row of rows) {
        const segment = number(row.id);
        last = segment - 1;
        const entries = entriesOf(row.content).map((entry, index) => ({ entry, place: { segment, index } }));
        const shown = segment === before?.segment ? entries.slice(0, before.index) : entries;
        yield shown.reverse();
      }
      if (rows.length < scanSegments) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  prune(instantMs: number, bytesMax: number, segmentsMax: number): Promise<boolean> {
    return this.#commits
      .run(() => {
        let bytes = this.#bytes ?? number(this.#bytesNow.get()?.bytes);
        let deleted = 0;
        for (const row of this.#oldest.all(segmentsMax)) {
          if (number(row.last_at) >= instantMs && bytes <= bytesMax) break;
          this.#delete.run(number(row.id));
          bytes -= number(row.bytes);
          deleted++;
        }
        return { bytes, more: deleted === segmentsMax };
      })
      .then(({ bytes, more }) => {
        this.#bytes = bytes;
        return more;
      });
  }
}

function tupleOf(entry: AuditEntry): unknown[] {
  const { at, tokenId, tokenName, address, method, route, path, namespaces, made, count, status } = entry;
  return [
    at,
    tokenId,
    tokenName,
    address,
    method,
    route,
    path,
    namespaces,
    made,
    count,
    status,
    entry.requestId,
  ];
}

function entriesOf(content: SQLOutputValue | undefined): AuditEntry[] {
  const json = content instanceof Uint8Array ? zstdDecompressSync(content).toString("utf8") : text(content);
  const tuples: unknown = JSON.parse(json);
  if (!Array.isArray(tuples)) throw new Error("audit_segments.content holds no array.");
  return tuples.map(entryOf);
}

function entryOf(tuple: unknown): AuditEntry {
  if (!Array.isArray(tuple)) throw new Error("audit_segments.content holds an entry that is no array.");
  const [at, tokenId, tokenName, address, method, route, path, namespaces, made, count, status, requestId] =
    tuple;
  return {
    at: Number(at),
    tokenId: textOrNull(tokenId),
    tokenName: textOrNull(tokenName),
    address: String(address),
    method: String(method),
    route: String(route),
    path: String(path),
    namespaces: Array.isArray(namespaces) ? namespaces.map(String) : [],
    made: textOrNull(made),
    count: Number(count),
    status: Number(status),
    requestId: String(requestId),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The audit log cannot be read.") ?? error;
  }
}
