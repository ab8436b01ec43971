import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { FileView } from "../protocol/files.ts";

/** A file of a folder, and where it goes. */
export interface LocalFile {
  readonly path: string;
  readonly file: string;
  readonly size: number;
}

/** What has to be done so that a namespace holds what a folder holds. */
export interface SyncPlan {
  readonly upload: readonly LocalFile[];
  readonly unchanged: number;
  /** Paths that are there and not in the folder. */
  readonly surplus: readonly string[];
}

/** Every file of a folder; what begins with a dot, and `node_modules`, stays at home. */
export async function filesOf(folder: string, prefix: string): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = relative(folder, file).split(sep);
    const isPrivate = name.some((part) => part.startsWith(".") || part === "node_modules");
    if (!entry.isFile() || isPrivate) continue;
    files.push({ path: prefix + name.join("/"), file, size: (await stat(file)).size });
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Compares sizes first, and contents by their SHA-256, which is a stored file's tag. */
export async function planSync(
  local: readonly LocalFile[],
  stored: ReadonlyMap<string, FileView>,
): Promise<SyncPlan> {
  const upload: LocalFile[] = [];
  for (const file of local) {
    const known = stored.get(file.path);
    if (known?.size === file.size && known.etag === (await hashOf(file.file))) continue;
    upload.push(file);
  }
  const here = new Set(local.map(({ path }) => path));
  const surplus = [...stored.keys()].filter((path) => !here.has(path));
  return { upload, unchanged: local.length - upload.length, surplus };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest("hex");
}
