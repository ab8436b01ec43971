import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The name of a node that was given none: made at random once, and kept in its data directory. */
export function keptNodeId(dataDir: string): string {
  const path = join(dataDir, "node-id");
  try {
    const kept = readFileSync(path, "utf8").trim();
    if (/^node-[0-9a-f]{12}$/.test(kept)) return kept;
  } catch {
    // The first start.
  }
  const made = `node-${Buffer.from(crypto.getRandomValues(new Uint8Array(6))).toString("hex")}`;
  writeFileSync(path, `${made}\n`);
  return made;
}
