import { refuse } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import { cursorAfter, nameOfCursor } from "./cursor.ts";
import { type BodyEncoding, FileBodies } from "./file-bodies.ts";
import type { FilePath } from "./file-path.ts";
import type { FileContent, FileRange, FileStore, FileUsage, StoredFile } from "./file-store.ts";
import { folderPage } from "./folder-page.ts";

export interface FileListOptions {
  readonly prefix: string;
  /** Tells each folder below the prefix once, instead of all that is in it. */
  readonly byFolder?: boolean;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface FilePage {
  readonly files: readonly StoredFile[];
  /** Prefixes of the folders, each with a slash at its end; empty unless they were asked for. */
  readonly folders: readonly string[];
  /** For the next page; null on the last. */
  readonly cursor: string | null;
}

/** Looks and opens one after the other; a file that is replaced between them is looked up again this often. */
const looksMax = 10;

/** The files of a namespace, as the API and the web use them. Whoever calls has made sure that the namespace is theirs. */
export class FileService {
  readonly #store: FileStore;
  readonly #bodies: FileBodies;
  readonly #namespaceBytesMax: number | undefined;

  /**
   * @param cacheBytes for the bodies of small files
   * @param namespaceBytesMax how many bytes the files of a namespace may have together; undefined: no bound of its own
   */
  constructor(store: FileStore, cacheBytes: number, namespaceBytesMax?: number) {
    this.#store = store;
    this.#namespaceBytesMax = namespaceBytesMax;
    this.#bodies = new FileBodies(store, cacheBytes);
  }

  put(
    namespace: string,
    path: FilePath,
    content: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly file: StoredFile; readonly created: boolean }> {
    return this.#store.put(namespace, path, content, limits.fileBytesMax, this.#namespaceBytesMax);
  }

  usage(namespace: string): Promise<FileUsage> {
    return this.#store.usage(namespace);
  }

  find(namespace: string, path: FilePath): Promise<StoredFile | undefined> {
    return this.#store.find(namespace, path);
  }

  /**
   * Does something with a file that needs its bytes.
   * @param use resolves undefined when the bytes are gone because the file was replaced; it is then called again with
   * the file that took its place
   * @returns undefined when there is no such file
   */
  async use<Result>(
    namespace: string,
    path: FilePath,
    use: (file: StoredFile) => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    for (let looks = 0; looks < looksMax; looks++) {
      const file = await this.#store.find(namespace, path);
      if (!file) return undefined;
      const result = await use(file);
      if (result !== undefined) return result;
    }
    throw refuse(
      "storage_unavailable",
      `The file ${JSON.stringify(path)} is replaced faster than it can be read.`,
    );
  }

  /** The bytes of a file of any size; undefined when it was replaced or deleted meanwhile. */
  open(file: StoredFile): Promise<FileContent | undefined> {
    return this.#store.open(file);
  }

  /** The body of a file of at most `heldBytesMax`, encoded; undefined when it was replaced or deleted meanwhile. */
  body(file: StoredFile, encoding: BodyEncoding): Promise<Buffer | undefined> {
    return this.#bodies.body(file, encoding);
  }

  delete(namespace: string, path: FilePath): Promise<boolean> {
    return this.#store.delete(namespace, path);
  }

  async list(
    namespace: string,
    { prefix, byFolder = false, limit, cursor }: FileListOptions,
  ): Promise<FilePage> {
    if (!fitsUtf8(prefix, limits.filePathBytesMax) || !prefix.isWellFormed()) {
      throw refuse("invalid_path", `The prefix must have at most ${limits.filePathBytesMax} bytes of UTF-8.`);
    }
    const after = cursor === undefined ? undefined : nameOfCursor(cursor);
    if (byFolder) {
      const list = (range: FileRange) => this.#store.list(namespace, range);
      const { files, folders, next } = await folderPage(list, { prefix, after, limit });
      return { files, folders, cursor: next === undefined ? null : cursorAfter(next) };
    }
    // One more than asked for tells whether another page follows.
    const found = await this.#store.list(namespace, { prefix, after, limit: limit + 1 });
    const files = found.slice(0, limit);
    const last = files.at(-1);
    return { files, folders: [], cursor: found.length > limit && last ? cursorAfter(last.path) : null };
  }
}
