/** Bundles what a browser's cells are made of: `node scripts/build-tab-kernel.ts [folder]`. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { scopeNames } from "../src/sandbox/hosts/web-worker/globals.ts";
import { bundlePart, bundleSettings, sandboxPath } from "./build-kernel.ts";
import { root } from "./program.ts";

export interface TabKernel {
  /** The script of a cell's worker, and a name that changes with it. */
  readonly script: { readonly name: string; readonly text: string };
  /** The document of the frame around the workers. */
  readonly frame: string;
}

const scope = `const { ${scopeNames.join(", ")} } = kernelScope;`;

const scopedPart = async (file: string): Promise<string> =>
  `(function (kernelScope) { ${scope} return ${await bundlePart(file)} })`;

export async function buildTabKernel(): Promise<TabKernel> {
  const [takeScope, prelude, fetch, typescript, lua, wasm, python, frame] = await Promise.all([
    bundlePart("hosts/web-worker/scope.ts"),
    bundlePart("kernel/js/realm/prelude.ts"),
    bundlePart("kernel/js/realm/fetch/part.ts"),
    scopedPart("kernel/js/typescript.ts"),
    scopedPart("kernel/lua/lua.ts"),
    scopedPart("kernel/wasm/wasm.ts"),
    scopedPart("kernel/python/python.ts"),
    bundle("hosts/web-worker/frame.ts", {}),
  ]);
  const parts = { prelude, fetch, typescript, lua, wasm, python };
  const shell = await bundle("hosts/web-worker/shell.ts", { cellParts: JSON.stringify(parts) });
  // Its value is the function that starts a cell.
  const text = `(function (kernelScope) { ${scope}\n${shell}\nreturn bundle.start; })(${takeScope}.takeScope());\n`;
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 8);
  return { script: { name: `cell-${hash}.js`, text }, frame: documentOf(frame) };
}

async function bundle(file: string, define: Record<string, string>): Promise<string> {
  const { outputFiles } = await build({
    ...bundleSettings,
    entryPoints: [sandboxPath(file)],
    format: "iife",
    globalName: "bundle",
    minify: true,
    write: false,
    define,
  });
  return outputFiles[0]?.text ?? "";
}

/** With its script inside, which its policy allows by hash. */
const documentOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><title>Cells</title><script>${script.trim()}</script>\n`;

if (import.meta.main) {
  const folder = process.argv[2] ?? join(root, "build/tab-kernel");
  const { script, frame } = await buildTabKernel();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, script.name), script.text);
  await writeFile(join(folder, "frame.html"), frame);
}
