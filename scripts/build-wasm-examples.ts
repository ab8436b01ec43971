/**
 * Builds the WebAssembly examples from their AssemblyScript sources, each into the `build` folder beside them:
 * `node scripts/build-wasm-examples.ts`. Needs nothing but the packages of the lock file; the same sources give the same
 * bytes.
 */
import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Run as a program: importing it would bring its own declarations of `console` and others into our types. */
const compiler = fileURLToPath(new URL("../node_modules/assemblyscript/bin/asc.js", import.meta.url));
const examples = fileURLToPath(new URL("../examples/", import.meta.url));

/**
 * Compiler options beside those that all have. What runs once need never free its memory, but a function answers many
 * requests. WASI has no `abort` to import.
 */
const programs: { folder: string; module: string; options: string[] }[] = [
  { folder: "wasm-add", module: "add.wasm", options: ["--runtime", "stub"] },
  { folder: "wasm-counter", module: "counter.wasm", options: ["--runtime", "incremental"] },
  { folder: "wasi-sha256sum", module: "sha256sum.wasm", options: ["--runtime", "stub", "--use", "abort="] },
];

/** @returns the paths of the modules */
export async function buildWasmExamples(): Promise<string[]> {
  const built: string[] = [];
  for (const { folder, module, options } of programs) {
    const outfile = join(examples, folder, "build", module);
    await mkdir(join(examples, folder, "build"), { recursive: true });
    await run(process.execPath, [
      compiler,
      join("assembly", "index.ts"),
      "--baseDir",
      join(examples, folder),
      "--outFile",
      join("build", module),
      "--optimize",
      ...options,
    ]);
    built.push(outfile);
  }
  return built;
}

if (import.meta.main) {
  for (const path of await buildWasmExamples()) console.log(path);
}
