import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Sources } from "./imports.ts";

const root = resolve(import.meta.dirname, "../..");

/** Every file that is, or is about to be, under version control. */
export function trackedFiles(): string[] {
  // A clone may belong to another user than the one who tests it.
  const git = ["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", git, { cwd: root, encoding: "utf8" }).split("\0");
  return [...new Set(files)].filter((file) => file !== "" && exists(file)).sort();
}

export function exists(file: string): boolean {
  return existsSync(resolve(root, file));
}

export function read(file: string): string {
  return readFileSync(resolve(root, file), "utf8");
}

export function readAll(files: readonly string[]): Sources {
  return new Map(files.map((file) => [file, read(file)]));
}
