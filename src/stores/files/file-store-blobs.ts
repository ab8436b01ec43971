import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BlobId } from "../../namespaces/file-store.ts";
import { makeDurableDirectory, syncDirectory } from "../durable-directory.ts";
import { fileCodeOf } from "../file-error.ts";

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

const missing: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR"]);

/** A blob that is being written. */
export interface NewBlob {
  readonly id: BlobId;
  readonly handle: FileHandle;
}

/**
 * The bytes of all files, each upload in a file of its own, under names that nobody outside chooses.
 *
 *     incoming/ID   being written, or written and on its way to
 *     blobs/ID      where it stays; 256 directories by the first two digits
 *
 * A blob is moved only after the index holds it. So whatever a crash leaves in `incoming` is small, and the index tells
 * of each whether it was taken in.
 */
export class FileBlobs {
  readonly #incoming: string;
  readonly #blobs: string;

  constructor(directory: string) {
    this.#incoming = join(directory, "incoming");
    this.#blobs = join(directory, "blobs");
    makeDurableDirectory(this.#incoming);
  }

  async create(): Promise<NewBlob> {
    // 128 random bits never meet again.
    const id = randomBytes(16).toString("hex") as BlobId;
    const handle = await open(this.#incomingPath(id), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
    return { id, handle };
  }

  /** Makes a new blob's bytes and its name survive power loss, and closes it. */
  async finish({ handle }: NewBlob): Promise<void> {
    await handle.sync();
    await handle.close();
    await syncDirectory(this.#incoming);
  }

  /** Moves a blob to where it stays. */
  async settle(id: BlobId): Promise<void> {
    const path = this.#path(id);
    try {
      await rename(this.#incomingPath(id), path);
    } catch (error) {
      if (fileCodeOf(error) !== "ENOENT") throw error;
      makeDurableDirectory(dirname(path));
      await rename(this.#incomingPath(id), path);
    }
  }

  /** Undefined when it was removed. */
  async read(id: BlobId): Promise<FileHandle | undefined> {
    // It may be moved between one look and the next, but only in one direction.
    for (const path of [this.#path(id), this.#incomingPath(id), this.#path(id)]) {
      try {
        return await open(path, O_RDONLY | O_NOFOLLOW);
      } catch (error) {
        if (!missing.has(fileCodeOf(error))) throw error;
      }
    }
    return undefined;
  }

  async remove(id: BlobId): Promise<void> {
    await rm(this.#incomingPath(id), { force: true });
    await rm(this.#path(id), { force: true });
  }

  /** Blobs that were on their way when the program last ended. */
  async leftovers(): Promise<readonly BlobId[]> {
    // Nobody else puts anything there, and each name is checked where it matters: by the index.
    return (await readdir(this.#incoming)) as BlobId[];
  }

  #incomingPath(id: BlobId): string {
    return join(this.#incoming, id);
  }

  #path(id: BlobId): string {
    return join(this.#blobs, id.slice(0, 2), id);
  }
}
