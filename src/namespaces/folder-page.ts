import { limits } from "../protocol/limits.ts";
import type { FileRange, StoredFile } from "./file-store.ts";

/** What lies directly in a folder. */
export interface FolderPage {
  readonly files: readonly StoredFile[];
  /** The beginnings of paths that the folders in it stand for, each with a slash at its end. */
  readonly folders: readonly string[];
  /** The name behind which the next page begins; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * Comes behind every path of a folder, and before whatever follows it: no name in it is longer than this many of the last
 * character that UTF-8 knows.
 */
const lastInFolder = "\u{10ffff}".repeat(Math.ceil((limits.fileNameBytesMax + 1) / 4));
/** Folders are leapt over, so a long read ahead would mostly be thrown away. */
const readAhead = 64;

/**
 * A page of what a folder holds, in the order of the paths' UTF-8 bytes. Folders cost one look each, however much is in
 * them.
 * @param list reads files behind a name, as a `FileStore` does
 * @param range its prefix is the folder's, and its limit that of files and folders together
 */
export async function folderPage(
  list: (range: FileRange) => Promise<readonly StoredFile[]>,
  { prefix, after, limit }: FileRange,
): Promise<FolderPage> {
  const files: StoredFile[] = [];
  const folders: string[] = [];
  let last = after;
  for (;;) {
    const ahead = await list({ prefix, after: last, limit: Math.min(readAhead, limit + 1) });
    if (ahead.length === 0) return { files, folders, next: undefined };
    for (const file of ahead) {
      if (files.length + folders.length === limit) return { files, folders, next: last };
      const slash = file.path.indexOf("/", prefix.length);
      if (slash === -1) {
        files.push(file);
        last = file.path;
        continue;
      }
      const folder = file.path.slice(0, slash + 1);
      folders.push(folder);
      last = folder + lastInFolder;
      // What was read ahead lies in this folder, mostly.
      break;
    }
  }
}
