import type { Id } from "../stdx/ids.ts";
import type { NameCount, NameRange } from "../stdx/name-range.ts";
import type { FilePath } from "./file-path.ts";

/** Names the bytes of one upload. It is never used again, so whatever is known of a blob stays true. */
export type BlobId = Id<"blob">;

/** A file as it is at one moment; another upload to its path makes another file. */
export interface StoredFile {
  readonly path: FilePath;
  /** Bytes. */
  readonly size: number;
  /** The media type that the path's extension stands for. */
  readonly type: string;
  /** SHA-256 of the content, hex. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly blob: BlobId;
}

/** The bytes of a file, which stay as they are whatever becomes of the file. To be disposed by whoever opened it. */
export interface FileContent extends AsyncDisposable {
  /**
   * Reads some of what begins at `position` into the buffer.
   * @returns how many bytes were read; 0 only at the end
   */
  readInto(buffer: Uint8Array, position: number): Promise<number>;
}

export interface FileRange {
  /** Any beginning of paths, not only a folder. */
  readonly prefix: string;
  /** Only paths behind this one; undefined from the first. */
  readonly after: string | undefined;
  readonly limit: number;
}

export interface FileUsage {
  readonly files: number;
  readonly bytes: number;
}

/**
 * The files of all namespaces, one apart from another. Every adapter passes `tests/contracts/file-store.ts`.
 *
 * Readers see a file whole, the old one or the new one. A promise of a write that resolves means: this survives
 * `kill -9` and power loss. A path cannot be a file and a folder at once: `path_conflict`. What the disk refuses is
 * `storage_unavailable`, and nothing was changed.
 */
export interface FileStore {
  /**
   * Takes in content chunk by chunk, never holding more than a few; nothing is left of content that breaks off (its
   * error is rethrown) or is longer than `bytesMax` (`payload_too_large`), or that would leave the namespace with more
   * bytes than `namespaceBytesMax` (`quota_exceeded`).
   */
  put(
    namespace: string,
    path: FilePath,
    content: AsyncIterable<Uint8Array>,
    bytesMax: number,
    namespaceBytesMax?: number,
  ): Promise<{ readonly file: StoredFile; readonly created: boolean }>;
  find(namespace: string, path: FilePath): Promise<StoredFile | undefined>;
  /** The file's bytes; undefined when it was replaced or deleted meanwhile. */
  open(file: StoredFile): Promise<FileContent | undefined>;
  /** False when there was none. */
  delete(namespace: string, path: FilePath): Promise<boolean>;
  /** In the order of the paths' UTF-8 bytes. */
  list(namespace: string, range: FileRange): Promise<readonly StoredFile[]>;
  /** Namespaces that have files, in order, with how many. */
  countByNamespace(range: NameRange): Promise<readonly NameCount[]>;
  /** What a namespace holds in all; costs the same however much it is. */
  usage(namespace: string): Promise<FileUsage>;
}
