import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../../..");
const entry = join(here, "shell.ts");
/** What a published package carries instead of sources. */
const shipped = join(here, "kernel.js");
const built = join(root, "build/kernel.js");
const sourceFolders = ["src/sandbox", "src/protocol", "src/stdx"];

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
  const { build } = await import("esbuild");
  const unfinished = `${built}.${process.pid}`;
  await build({
    entryPoints: [entry],
    outfile: unfinished,
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "default"],
    target: "esnext",
    loader: { ".wasm": "binary", ".lua": "text", ".py": "text" },
    external: ["node:*"],
    legalComments: "none",
    minifySyntax: true,
    logLevel: "error",
  });
  // Renamed into place, so that a worker starting now sees a whole bundle.
  await rename(unfinished, built);
  await writeFile(stamp, hash);
  return built;
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(join(root, "package-lock.json")));
  for (const folder of sourceFolders) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((file) => /\.(ts|lua|py)$/.test(file)).sort()) {
      hash.update(name).update(await readFile(join(root, folder, name)));
    }
  }
  return hash.digest("hex");
}
