/**
 * Writes `dist/`, what the published package carries in place of `src/`: the same files as JavaScript, one for one, with
 * the bundles that a checkout makes when they are needed. `npm pack` runs it.
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { transform } from "esbuild";
import { freshKernel } from "./build-kernel.ts";
import { freshWeb } from "./build-web.ts";
import { root } from "./program.ts";

const dist = join(root, "dist");
const sources = join(root, "src");

/** The `.ts` at the end of what a module imports from a file beside it. */
const specifier = /((?:\bfrom|\bimport)\s*\(?\s*"\.{1,2}\/[^"\n]+)\.ts"/g;

export async function buildPackage(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(paths.filter((path) => !/\.test\.ts$|\.d\.ts$/.test(path)).map(publish));
  await cp(await freshKernel(), join(dist, "sandbox/hosts/deno/kernel.js"));
  await cp(await freshWeb(), join(dist, "http/site/web"), { recursive: true });
}

async function publish(path: string): Promise<void> {
  const target = join(dist, relative(sources, path));
  await mkdir(dirname(target), { recursive: true });
  if (!path.endsWith(".ts")) return cp(path, target);
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "node24",
    sourcefile: relative(root, path),
  });
  await writeFile(target.replace(/\.ts$/, ".js"), code.replaceAll(specifier, '$1.js"'));
}

if (import.meta.main) await buildPackage();
