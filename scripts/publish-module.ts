import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { transform } from "esbuild";
import { root } from "./program.ts";

/** The `.ts` at the end of what a module imports from a file beside it. */
const specifier = /((?:\bfrom|\bimport)\s*\(?\s*"\.{1,2}\/[^"\n]+)\.ts"/g;

/** A module of `src/` as JavaScript. @param target the oldest that it must run on, as esbuild names it */
export async function publishedText(path: string, target: string): Promise<string> {
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target,
    sourcefile: relative(root, path),
  });
  return code.replaceAll(specifier, '$1.js"');
}
