/** Bundles the kernel for cells: `node scripts/build-kernel.ts [outfile]`. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const sandbox = new URL("../src/sandbox/", import.meta.url);
const pathOf = (file: string) => fileURLToPath(new URL(file, sandbox));

const shared = {
  bundle: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "esnext",
  legalComments: "none",
  logLevel: "warning",
} as const;

/** The script that makes a guest's realm, as an expression. See `RealmPlatform.prelude`. */
export async function bundlePrelude(): Promise<string> {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [pathOf("kernel/js/realm/prelude.ts")],
    format: "iife",
    globalName: "prelude",
    write: false,
  });
  return `(function () { ${outputFiles[0]?.text ?? ""}\nreturn prelude.install; })()`;
}

/** Writes one module that is all a cell needs beside Deno and, for Python, the files of pyodide. */
export async function buildKernel(outfile: string): Promise<void> {
  await build({
    ...shared,
    entryPoints: [pathOf("hosts/deno/shell.ts")],
    outfile,
    format: "esm",
    external: ["node:*"],
    loader: { ".wasm": "binary", ".lua": "text", ".py": "text" },
    define: { realmPrelude: JSON.stringify(await bundlePrelude()) },
  });
}

if (import.meta.main) {
  await buildKernel(process.argv[2] ?? fileURLToPath(new URL("../build/kernel.js", import.meta.url)));
}
