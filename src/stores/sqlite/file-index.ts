import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type FilePath, foldersOf } from "../../namespaces/file-path.ts";
import type { BlobId, FileRange, FileUsage, StoredFile } from "../../namespaces/file-store.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import { CommitGroup } from "./commit-group.ts";
import { readMigrations } from "./migrations.ts";
import { openDatabase } from "./open.ts";
import { prefixRange } from "./prefix-range.ts";
import { number, type Row, text } from "./row.ts";
import { storageErrorOf } from "./storage-error.ts";

/** Why a file cannot be at a path. */
export interface PathConflict {
  /** `file`: a folder of the path is a file. `folder`: the path itself is a folder. */
  readonly kind: "file" | "folder";
  readonly path: string;
}

const columns = "path, size, type, etag, modified, blob";

/** Which files there are and which blobs hold them. Writes are durable when they resolve. */
export class FileIndex implements AsyncDisposable {
  readonly #database: DatabaseSync;
  readonly #commits: CommitGroup;
  readonly #find: StatementSync;
  readonly #list: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #first: StatementSync;
  readonly #hasBlob: StatementSync;
  readonly #drop: StatementSync;
  readonly #dropped: StatementSync;
  readonly #forget: StatementSync;
  readonly #usage: StatementSync;
  readonly #use: StatementSync;
  readonly #namespaces: StatementSync;

  constructor(path: string) {
    const database = openDatabase(path, readMigrations(join(import.meta.dirname, "file-migrations")));
    this.#database = database;
    this.#commits = new CommitGroup(database);
    this.#find = database.prepare(`SELECT ${columns} FROM files WHERE namespace = ? AND path = ?`);
    this.#list = database.prepare(
      `SELECT ${columns} FROM files WHERE namespace = ? AND path >= ? AND path < ? ORDER BY path LIMIT ?`,
    );
    this.#put = database.prepare(
      `INSERT INTO files (namespace, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (namespace, path) DO UPDATE
       SET size = excluded.size, type = excluded.type, etag = excluded.etag, modified = excluded.modified,
         blob = excluded.blob`,
    );
    this.#remove = database.prepare("DELETE FROM files WHERE namespace = ? AND path = ?");
    this.#first = database.prepare(
      "SELECT path FROM files WHERE namespace = ? AND path >= ? AND path < ? LIMIT 1",
    );
    this.#hasBlob = database.prepare("SELECT 1 FROM files WHERE blob = ?");
    this.#drop = database.prepare("INSERT INTO dropped_blobs (blob) VALUES (?)");
    this.#dropped = database.prepare("SELECT blob FROM dropped_blobs LIMIT ?");
    this.#forget = database.prepare("DELETE FROM dropped_blobs WHERE blob = ?");
    this.#usage = database.prepare("SELECT files, bytes FROM usage WHERE namespace = ?");
    this.#namespaces = database.prepare(
      `SELECT namespace, files FROM usage WHERE namespace >= ? AND namespace < ? AND files > 0
       ORDER BY namespace LIMIT ?`,
    );
    this.#use = database.prepare(
      `INSERT INTO usage (namespace, files, bytes) VALUES (?, ?, ?)
       ON CONFLICT (namespace) DO UPDATE SET files = files + excluded.files, bytes = bytes + excluded.bytes`,
    );
  }

  find(namespace: string, path: FilePath): StoredFile | undefined {
    return reading(() => {
      const row = this.#find.get(namespace, path);
      return row && fileOf(row);
    });
  }

  list(namespace: string, { prefix, after, limit }: FileRange): readonly StoredFile[] {
    const { from, until } = prefixRange(prefix, after);
    return reading(() => this.#list.all(namespace, from, until, limit).map(fileOf));
  }

  usage(namespace: string): FileUsage {
    return reading(() => {
      const row = this.#usage.get(namespace);
      return row ? { files: number(row.files), bytes: number(row.bytes) } : { files: 0, bytes: 0 };
    });
  }

  /** Namespaces with how many files each has. */
  namespaces({ prefix, after, limit }: NameRange): readonly NameCount[] {
    const { from, until } = prefixRange(prefix, after);
    return reading(() =>
      this.#namespaces
        .all(from, until, limit)
        .map((row) => ({ name: text(row.namespace), count: number(row.files) })),
    );
  }

  hasBlob(blob: BlobId): boolean {
    return reading(() => this.#hasBlob.get(blob) !== undefined);
  }

  conflict(namespace: string, path: FilePath): PathConflict | undefined {
    return reading(() => this.#conflict(namespace, path));
  }

  /** Resolves the file that was at the path before, or why nothing was changed. */
  put(
    namespace: string,
    file: StoredFile,
    namespaceBytesMax = Number.POSITIVE_INFINITY,
  ): Promise<
    | { readonly before: StoredFile | undefined }
    | { readonly conflict: PathConflict }
    | { readonly full: true }
  > {
    return this.#commits.run(() => {
      const conflict = this.#conflict(namespace, file.path);
      if (conflict) return { conflict };
      if (namespaceBytesMax !== Number.POSITIVE_INFINITY) {
        const row = this.#find.get(namespace, file.path);
        const replaced = row ? number(row.size) : 0;
        if (this.usage(namespace).bytes - replaced + file.size > namespaceBytesMax) return { full: true };
      }
      const before = this.#take(namespace, file.path);
      this.#put.run(namespace, file.path, file.size, file.type, file.etag, file.modified, file.blob);
      this.#use.run(namespace, before ? 0 : 1, file.size - (before?.size ?? 0));
      return { before };
    });
  }

  /** Resolves the file that is no more; undefined when there was none. */
  remove(namespace: string, path: FilePath): Promise<StoredFile | undefined> {
    return this.#commits.run(() => {
      const before = this.#take(namespace, path);
      if (!before) return undefined;
      this.#remove.run(namespace, path);
      this.#use.run(namespace, -1, -before.size);
      return before;
    });
  }

  /** Some of the blobs that no file has any more. */
  dropped(limit: number): readonly BlobId[] {
    return reading(() => this.#dropped.all(limit).map((row) => blobOf(row)));
  }

  /** Says that these dropped blobs are gone from the disk. */
  forget(blobs: readonly BlobId[]): Promise<void> {
    return this.#commits.run(() => {
      for (const blob of blobs) this.#forget.run(blob);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commits[Symbol.asyncDispose]();
    if (this.#database.isOpen) this.#database.close();
  }

  /** The file that is about to be replaced or removed; its blob is noted as dropped. */
  #take(namespace: string, path: FilePath): StoredFile | undefined {
    const row = this.#find.get(namespace, path);
    if (!row) return undefined;
    const file = fileOf(row);
    this.#drop.run(file.blob);
    return file;
  }

  #conflict(namespace: string, path: FilePath): PathConflict | undefined {
    for (const folder of foldersOf(path)) {
      if (this.#find.get(namespace, folder)) return { kind: "file", path: folder };
    }
    const { from, until } = prefixRange(`${path}/`, undefined);
    return this.#first.get(namespace, from, until) ? { kind: "folder", path } : undefined;
  }
}

function fileOf(row: Row): StoredFile {
  return {
    // Only paths that were checked are put into this column.
    path: text(row.path) as FilePath,
    size: number(row.size),
    type: text(row.type),
    etag: text(row.etag),
    modified: number(row.modified),
    blob: blobOf(row),
  };
}

function blobOf(row: Row): BlobId {
  // Only ids that the store has made are put into this column.
  return text(row.blob) as BlobId;
}

function reading<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The index of the files cannot be read.") ?? error;
  }
}
