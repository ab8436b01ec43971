import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../../..");
/** What a published package carries instead of sources. */
const shipped = join(here, "kernel.js");
const built = join(root, "build/kernel.js");
const sourceFolders = ["src/sandbox", "src/protocol", "src/stdx"];
/** What the bundle depends on beside the sources: the libraries' versions and how it is made. */
const otherSources = ["package-lock.json", "scripts/build-kernel.ts"];

/**
 * The path of the kernel bundle: the one a package ships, or in a checkout the one made of the sources as they are.
 * Making it takes a fraction of a second, and only after a change.
 */
export async function kernelBundle(): Promise<string> {
  if (existsSync(shipped)) return shipped;
  const stamp = join(root, "build/kernel.sha256");
  const hash = await hashSources();
  if (existsSync(built) && (await readFile(stamp, "utf8").catch(() => "")) === hash) return built;
  await mkdir(dirname(built), { recursive: true });
  // Only a checkout has this script, and esbuild.
  const { buildKernel } = await import("../../../../scripts/build-kernel.ts");
  const unfinished = `${built}.${process.pid}`;
  await buildKernel(unfinished);
  // Renamed into place, so that a worker starting now sees a whole bundle.
  await rename(unfinished, built);
  await writeFile(stamp, hash);
  return built;
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of otherSources) hash.update(await readFile(join(root, file)));
  for (const folder of sourceFolders) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((file) => /\.(ts|lua|py)$/.test(file)).sort()) {
      hash.update(name).update(await readFile(join(root, folder, name)));
    }
  }
  return hash.digest("hex");
}
