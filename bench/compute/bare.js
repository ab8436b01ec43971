/**
 * Runs a piece of work in the same engine without a cell: `deno run --allow-all bench/compute/bare.js LANGUAGE FILE`.
 * Each line that comes in runs it once; each line that goes out is how many milliseconds that took. Plain JavaScript,
 * because it is Deno's and not Node's.
 */
import { readFile } from "node:fs/promises";
import { argv, stdin } from "node:process";
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const [language, file] = argv.slice(2);

const engines = {
  async js(code) {
    // A scope of its own keeps the next run from declaring the same names again.
    const source = new TextDecoder().decode(code);
    return () => runInThisContext(`{${source}}`);
  },
  async lua(code) {
    const { LuaFactory } = await import("wasmoon");
    const factory = new LuaFactory();
    const source = new TextDecoder().decode(code);
    return async () => {
      const lua = await factory.createEngine();
      lua.doStringSync(source);
      lua.global.close();
    };
  },
  async python(code) {
    const { loadPyodide } = await import("pyodide");
    const python = await loadPyodide();
    const source = new TextDecoder().decode(code);
    return () => python.runPython(source);
  },
  async wasm(code) {
    const module = await WebAssembly.compile(code);
    return () => {
      const { exports } = new WebAssembly.Instance(module, { env: { set_output() {} } });
      exports.run();
    };
  },
};

const run = await engines[language](await readFile(file));
for await (const _ of createInterface(stdin)) {
  const startedAt = performance.now();
  await run();
  console.log(performance.now() - startedAt);
}
