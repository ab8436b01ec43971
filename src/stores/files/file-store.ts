import { join } from "node:path";
import type { FilePath } from "../../namespaces/file-path.ts";
import type {
  BlobId,
  FileContent,
  FileRange,
  FileStore,
  FileUsage,
  StoredFile,
} from "../../namespaces/file-store.ts";
import { type HttpErrorCode, refuse } from "../../protocol/errors.ts";
import type { Clock } from "../../stdx/clock.ts";
import { AppError } from "../../stdx/errors.ts";
import type { Log } from "../../stdx/log.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import { makeDurableDirectory } from "../durable-directory.ts";
import { fileErrorOf } from "../file-error.ts";
import { FileIndex, type PathConflict } from "../sqlite/file-index.ts";
import { FileBlobs, type NewBlob } from "./file-store-blobs.ts";
import { writeContent } from "./file-store-upload.ts";
import { mediaTypeOf } from "./media-type.ts";

export interface FileStoreOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
}

const dropsPerStep = 256;

/**
 * Files on the local disk: an index in SQLite, and immutable blobs that it refers to. The file system never sees a name
 * that a user chose, a replacement is one row's change, and a reader keeps the blob that it has opened.
 */
export class LocalFileStore implements FileStore, AsyncDisposable {
  readonly #index: FileIndex;
  readonly #blobs: FileBlobs;
  readonly #clock: Clock;
  readonly #log: Log;
  #removing = false;
  #removal = Promise.resolve();

  private constructor(index: FileIndex, blobs: FileBlobs, { clock, log }: FileStoreOptions) {
    this.#index = index;
    this.#blobs = blobs;
    this.#clock = clock;
    this.#log = log;
  }

  /** Opens what is in the directory, which the caller has locked, and clears away what a crash left half done. */
  static async open(options: FileStoreOptions): Promise<LocalFileStore> {
    const { directory } = options;
    try {
      makeDurableDirectory(directory);
      const blobs = new FileBlobs(directory);
      const store = new LocalFileStore(new FileIndex(join(directory, "index.db")), blobs, options);
      await store.#recover();
      return store;
    } catch (error) {
      throw fileErrorOf(error, `The files' directory ${directory} cannot be used`) ?? error;
    }
  }

  async put(
    namespace: string,
    path: FilePath,
    content: AsyncIterable<Uint8Array>,
    bytesMax: number,
    namespaceBytesMax = Number.POSITIVE_INFINITY,
  ): Promise<{ readonly file: StoredFile; readonly created: boolean }> {
    const early = this.#index.conflict(namespace, path);
    // Before a gigabyte is taken in for nothing.
    if (early) throw conflictError(path, early);
    const roomBytes = this.#roomFor(namespace, path, namespaceBytesMax);
    if (roomBytes <= 0) throw quotaError(namespace, namespaceBytesMax);
    const blob = await this.#blobs.create().catch(refuseFault);
    try {
      const { size, etag } = await writeContent(blob.handle, content, Math.min(bytesMax, roomBytes)).catch(
        (error: unknown) => {
          const full =
            roomBytes < bytesMax && error instanceof AppError && error.code === "payload_too_large";
          throw full ? quotaError(namespace, namespaceBytesMax) : error;
        },
      );
      await this.#blobs.finish(blob).catch(refuseFault);
      const modified = this.#clock.now();
      const file = { path, size, type: mediaTypeOf(path), etag, modified, blob: blob.id };
      const outcome = await this.#index.put(namespace, file, namespaceBytesMax);
      if ("full" in outcome) throw quotaError(namespace, namespaceBytesMax);
      if ("conflict" in outcome) throw conflictError(path, outcome.conflict);
      await this.#settle(blob.id);
      if (outcome.before) this.#removeDropped();
      return { file, created: outcome.before === undefined };
    } catch (error) {
      // Reached only before the index has it.
      await this.#discard(blob);
      throw error;
    }
  }

  /** What a file at this path may have in bytes; others that come in at the same time are told apart at the end. */
  #roomFor(namespace: string, path: FilePath, bytesMax: number): number {
    if (bytesMax === Number.POSITIVE_INFINITY) return bytesMax;
    return bytesMax - this.#index.usage(namespace).bytes + (this.#index.find(namespace, path)?.size ?? 0);
  }

  async find(namespace: string, path: FilePath): Promise<StoredFile | undefined> {
    return this.#index.find(namespace, path);
  }

  async open(file: StoredFile): Promise<FileContent | undefined> {
    const handle = await this.#blobs.read(file.blob).catch(refuseFault);
    return (
      handle && {
        async readInto(buffer, position) {
          return (await handle.read(buffer, 0, buffer.length, position)).bytesRead;
        },
        [Symbol.asyncDispose]: () => handle.close(),
      }
    );
  }

  async delete(namespace: string, path: FilePath): Promise<boolean> {
    const file = await this.#index.remove(namespace, path);
    if (file) this.#removeDropped();
    return file !== undefined;
  }

  async list(namespace: string, range: FileRange): Promise<readonly StoredFile[]> {
    return this.#index.list(namespace, range);
  }

  async countByNamespace(range: NameRange): Promise<readonly NameCount[]> {
    return this.#index.namespaces(range);
  }

  async usage(namespace: string): Promise<FileUsage> {
    return this.#index.usage(namespace);
  }

  /** Resolves once what was replaced or deleted is gone from the disk as well. */
  async removed(): Promise<void> {
    await this.#removal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#removal;
    await this.#index[Symbol.asyncDispose]();
  }

  /** A blob that is in the index but could not be moved is still found, and moved at the next start. */
  async #settle(id: BlobId): Promise<void> {
    try {
      await this.#blobs.settle(id);
    } catch (error) {
      this.#log.warn({ err: error, blob: id }, "an uploaded blob stays in the incoming directory");
    }
  }

  async #discard({ id, handle }: NewBlob): Promise<void> {
    try {
      await handle.close();
      await this.#blobs.remove(id);
    } catch (error) {
      this.#log.warn({ err: error, blob: id }, "a refused upload is left until the next start");
    }
  }

  async #recover(): Promise<void> {
    for (const id of await this.#blobs.leftovers()) {
      if (this.#index.hasBlob(id)) await this.#blobs.settle(id);
      else await this.#blobs.remove(id);
    }
    this.#removeDropped();
  }

  /** Removes blobs that no file has any more, beside everything else. What fails is tried again after the next drop. */
  #removeDropped(): void {
    if (this.#removing) return;
    this.#removing = true;
    this.#removal = this.#removeAllDropped();
  }

  async #removeAllDropped(): Promise<void> {
    try {
      for (;;) {
        const blobs = this.#index.dropped(dropsPerStep);
        if (blobs.length === 0) return;
        for (const blob of blobs) await this.#blobs.remove(blob);
        await this.#index.forget(blobs);
      }
    } catch (error) {
      this.#log.warn({ err: error }, "blobs that nobody needs could not be removed");
    } finally {
      // In the same turn as the look that found no more, so that no drop falls between the two.
      this.#removing = false;
    }
  }
}

function refuseFault(error: unknown): never {
  throw fileErrorOf(error, "The file could not be kept") ?? error;
}

function quotaError(namespace: string, limit: number): AppError<HttpErrorCode> {
  return refuse(
    "quota_exceeded",
    `The files of ${namespace} may have ${limit} bytes together, and this one has no room.`,
    {
      details: { what: "file_bytes", limit },
    },
  );
}

function conflictError(path: FilePath, conflict: PathConflict): AppError<HttpErrorCode> {
  const [place, wanted] = [JSON.stringify(conflict.path), JSON.stringify(path)];
  return refuse(
    "path_conflict",
    conflict.kind === "file"
      ? `${place} is a file, so ${wanted} cannot lie below it.`
      : `${wanted} is a folder, so it cannot be a file.`,
  );
}
