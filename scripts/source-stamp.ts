/** Whether what was built still fits its sources. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface SourceSet {
  readonly root: string;
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/**
 * Makes what is built at `target` anew if its sources have changed.
 * @param make writes it to the path that it is given
 * @returns `target`
 */
export function refresh(
  target: string,
  sources: SourceSet,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  // Several programs in one process, as tests have them, would otherwise write into each other's folder.
  let running = refreshing.get(target);
  if (!running) {
    running = refreshOnce(target, sources, make).finally(() => refreshing.delete(target));
    refreshing.set(target, running);
  }
  return running;
}

/** What is being made in this process, by target. */
const refreshing = new Map<string, Promise<string>>();

async function refreshOnce(
  target: string,
  sources: SourceSet,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  const stamp = `${target}.sha256`;
  const hash = await hashSources(sources);
  if (existsSync(target) && (await readFile(stamp, "utf8").catch(() => "")) === hash) return target;
  await mkdir(dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  await make(unfinished);
  // Renamed into place, so that a program that starts now sees it whole.
  await rm(target, { recursive: true, force: true });
  await rename(unfinished, target);
  await writeFile(stamp, hash);
  return target;
}

/** A SHA-256 over the names and bytes of sources, in hex. */
async function hashSources({ root, folders, files }: SourceSet): Promise<string> {
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
