/** Whether what was built still fits its sources. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface SourceSet {
  readonly root: string;
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** A SHA-256 over the names and bytes of sources, in hex. */
export async function hashSources({ root, folders, files }: SourceSet): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(join(root, file)));
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const path of paths) hash.update(path.slice(root.length)).update(await readFile(path));
  }
  return hash.digest("hex");
}
