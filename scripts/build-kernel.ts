/** Bundles the kernel for cells: `node scripts/build-kernel.ts [outfile]`. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { root } from "./program.ts";
import { refresh } from "./source-stamp.ts";

const sandbox = new URL("../src/sandbox/", import.meta.url);
export const sandboxPath = (file: string) => fileURLToPath(new URL(file, sandbox));

export const bundleSettings = {
  bundle: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["import", "default"],
  target: "esnext",
  legalComments: "none",
  logLevel: "warning",
  loader: { ".wasm": "binary", ".lua": "text", ".py": "text" },
} as const satisfies BuildOptions;

/** What the bundle depends on beside the sources: the libraries' versions and how it is made. */
const sources = {
  root,
  folders: ["src/sandbox", "src/protocol", "src/stdx"],
  files: ["package-lock.json", "scripts/build-kernel.ts"],
};

/** The path of the bundle, made anew if its sources have changed. */
export async function freshKernel(): Promise<string> {
  return refresh(join(root, "build/kernel.js"), sources, buildKernel);
}

/** A module with all it imports as a script that evaluates to its exports. */
export async function bundlePart(file: string): Promise<string> {
  const { outputFiles } = await build({
    ...bundleSettings,
    entryPoints: [sandboxPath(file)],
    format: "iife",
    globalName: "part",
    minifyWhitespace: true,
    write: false,
  });
  return `(function () { "use strict"; ${outputFiles[0]?.text ?? ""}; return part; })()`;
}

/** Writes one module that is all a cell needs beside Deno and, for Python, the files of pyodide. */
export async function buildKernel(outfile: string): Promise<void> {
  const [prelude, fetch, typescript, lua, wasm] = await Promise.all(
    [
      "kernel/js/realm/prelude.ts",
      "kernel/js/realm/fetch/part.ts",
      "kernel/js/typescript.ts",
      "kernel/lua/lua.ts",
      "kernel/wasm/wasm.ts",
    ].map(bundlePart),
  );
  await build({
    ...bundleSettings,
    entryPoints: [sandboxPath("hosts/deno/shell.ts")],
    outfile,
    format: "esm",
    external: ["node:*"],
    define: { kernelParts: JSON.stringify({ prelude, fetch, typescript, lua, wasm }) },
  });
}

if (import.meta.main) {
  const [outfile] = process.argv.slice(2);
  if (outfile === undefined) await freshKernel();
  else await buildKernel(outfile);
}
