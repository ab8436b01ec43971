import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const secretBytes = 32;

/** A secret of this node: made at random once, and kept in its data directory, where only its user can read it. */
export function keptSecret(dataDir: string, name: string): Uint8Array {
  const path = join(dataDir, name);
  try {
    const kept = Buffer.from(readFileSync(path, "utf8").trim(), "base64");
    if (kept.length === secretBytes) return kept;
  } catch {
    // The first start.
  }
  const made = randomBytes(secretBytes);
  writeFileSync(path, `${made.toString("base64")}\n`, { mode: 0o600 });
  return made;
}
