import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory and its parents so that they survive power loss: a new entry is on disk only once the directory
 * that holds it was synced. Nobody but the owner may read what lies in it.
 */
export function makeDurableDirectory(path: string): void {
  const target = resolve(path);
  const firstMade = mkdirSync(target, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = target; ; made = dirname(made)) {
    const descriptor = openSync(dirname(made), "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (made === firstMade) return;
  }
}

/** Makes the entries of a directory (files created, renamed or removed in it) survive power loss. */
export async function syncDirectory(path: string): Promise<void> {
  await using handle = await open(path, "r");
  await handle.sync();
}
