import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { cidOf, isCid, matchesCid } from "../../blocks/cid.ts";
import type { BlockStore } from "../../blocks/store.ts";
import { ByteCache } from "../../stdx/byte-cache.ts";
import type { Cid } from "../../stdx/ids.ts";
import { makeDurableDirectory, syncDirectory } from "../durable-directory.ts";
import { fileCodeOf, fileErrorOf } from "../file-error.ts";

/** Room for the two largest modules, or for hundreds of usual ones. */
const cacheBytesDefault = 64 * 1024 * 1024;

export interface FileBlockStoreOptions {
  /** The store's own directory; it is made if it is not there. */
  readonly directory: string;
  /** Hears of a file whose bytes are not those of its name any more; it was set aside as `path`. */
  readonly onDamaged: (cid: Cid, path: string) => void;
  readonly cacheBytesMax?: number;
}

/**
 * Blocks as files, each named by its CID.
 *
 * Invariant: a file under its CID is whole. Bytes are written elsewhere, synced, and only then moved to their name, so
 * neither a crash nor a full disk leaves a part of a block where it could be taken for the block.
 */
export class FileBlockStore implements BlockStore {
  readonly #directory: string;
  readonly #onDamaged: (cid: Cid, path: string) => void;
  readonly #cache: ByteCache<Cid, Uint8Array>;
  readonly #reads = new Map<Cid, Promise<Uint8Array | undefined>>();
  /** The last piece of work that changes a block's file; the next one waits for it. */
  readonly #changes = new Map<Cid, Promise<unknown>>();
  #parts = 0;

  private constructor({ directory, onDamaged, cacheBytesMax = cacheBytesDefault }: FileBlockStoreOptions) {
    this.#directory = directory;
    this.#onDamaged = onDamaged;
    this.#cache = new ByteCache(cacheBytesMax);
  }

  /** Clears away what a crash left half written; so only one process may use a directory. */
  static async open(options: FileBlockStoreOptions): Promise<FileBlockStore> {
    const store = new FileBlockStore(options);
    try {
      await rm(store.#partsDirectory, { recursive: true, force: true });
      makeDurableDirectory(store.#partsDirectory);
      // A predecessor may have been killed after it made a directory for blocks and before it synced it.
      await syncDirectory(options.directory);
    } catch (error) {
      throw fileErrorOf(error, `The block directory ${options.directory} cannot be used`) ?? error;
    }
    return store;
  }

  async put(bytes: Uint8Array): Promise<Cid> {
    const cid = await cidOf(bytes);
    await this.#alone(cid, () => this.#write(cid, bytes));
    return cid;
  }

  async has(cid: Cid): Promise<boolean> {
    if (!isCid(cid)) return false;
    try {
      return (await stat(this.#pathOf(cid))).isFile();
    } catch (error) {
      if (isMissing(error)) return false;
      throw fileErrorOf(error, `The block ${cid} cannot be looked up`) ?? error;
    }
  }

  /** The answer may be shared with other callers, who rely on nobody changing it. */
  async get(cid: Cid): Promise<Uint8Array | undefined> {
    if (!isCid(cid)) return undefined;
    const cached = this.#cache.get(cid);
    if (cached) return cached;
    let read = this.#reads.get(cid);
    if (!read) {
      read = this.#read(cid).finally(() => this.#reads.delete(cid));
      this.#reads.set(cid, read);
    }
    return read;
  }

  async #read(cid: Cid): Promise<Uint8Array | undefined> {
    const held = await this.#held(cid);
    if (held === undefined) return undefined;
    if (await matchesCid(held, cid)) {
      this.#cache.set(cid, held, held.length);
      return held;
    }
    await this.#alone(cid, () => this.#setAside(cid));
    return undefined;
  }

  async #held(cid: Cid): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#pathOf(cid));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fileErrorOf(error, `The block ${cid} cannot be read`) ?? error;
    }
  }

  async #write(cid: Cid, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(cid);
    const part = join(this.#partsDirectory, `${cid}.${this.#parts++}`);
    try {
      makeDurableDirectory(this.#shardOf(cid));
      const held = await this.#held(cid);
      if (held === undefined || Buffer.compare(held, bytes) !== 0) {
        await using file = await open(part, "wx", 0o600);
        await file.writeFile(bytes);
        await file.sync();
        await rename(part, path);
      }
      // Even for a block that is there: whoever moved it may have been killed before this line.
      await syncDirectory(this.#shardOf(cid));
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw fileErrorOf(error, "The block cannot be stored") ?? error;
    }
  }

  /** Keeps the damaged bytes for people to look at, under a name that no block has. */
  async #setAside(cid: Cid): Promise<void> {
    const held = await this.#held(cid);
    // It may have been repaired, or set aside, while this waited its turn.
    if (held === undefined || (await matchesCid(held, cid))) return;
    const path = this.#pathOf(cid);
    const aside = `${path}.damaged`;
    await rename(path, aside);
    this.#onDamaged(cid, aside);
  }

  /** Runs `change` after all earlier ones of the same block. */
  async #alone(cid: Cid, change: () => Promise<void>): Promise<void> {
    const before = this.#changes.get(cid) ?? Promise.resolve();
    const turn = before.then(change, change);
    this.#changes.set(cid, turn);
    try {
      await turn;
    } finally {
      if (this.#changes.get(cid) === turn) this.#changes.delete(cid);
    }
  }

  get #partsDirectory(): string {
    return join(this.#directory, "parts");
  }

  #pathOf(cid: Cid): string {
    return join(this.#shardOf(cid), cid);
  }

  /** One of 1,024 directories. A CID's last letter is left out: only three of its bits carry anything. */
  #shardOf(cid: Cid): string {
    return join(this.#directory, cid.slice(-3, -1));
  }
}

function isMissing(error: unknown): boolean {
  const code = fileCodeOf(error);
  return code === "ENOENT" || code === "ENOTDIR";
}
