/**
 * Writes `dist/`, what the published package carries in place of `src/`: the same files as JavaScript, one for one, with
 * the bundles that a checkout makes when they are needed. `npm pack` runs it.
 */
import { cp, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { freshKernel } from "./build-kernel.ts";
import { writeDeclarations } from "./build-sdk.ts";
import { freshWeb } from "./build-web.ts";
import { root } from "./program.ts";
import { publishedText } from "./publish-module.ts";

const dist = join(root, "dist");
const sources = join(root, "src");

export async function buildPackage(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(paths.filter((path) => !/\.test\.ts$|\.d\.ts$/.test(path)).map(publish));
  await writeDeclarations(join(dist, "client"));
  await cp(await freshKernel(), join(dist, "sandbox/hosts/deno/kernel.js"));
  await cp(await freshWeb(), join(dist, "http/site/web"), { recursive: true });
}

async function publish(path: string): Promise<void> {
  const target = join(dist, relative(sources, path));
  await mkdir(dirname(target), { recursive: true });
  if (!path.endsWith(".ts")) return cp(path, target);
  await writeFile(target.replace(/\.ts$/, ".js"), await publishedText(path, "node24"));
}

if (import.meta.main) await buildPackage();
