import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { LuaAssets } from "../../src/sandbox/kernel/lua/interpreter.ts";

const folder = new URL("../../src/sandbox/kernel/lua/", import.meta.url);

/** What the kernel's bundle carries inside, read from where it lies, for tests that run the runtime without a cell. */
export async function readLuaAssets(): Promise<LuaAssets> {
  const interpreter = createRequire(import.meta.url).resolve("wasmoon/dist/glue.wasm");
  const [bytes, prelude, json, db] = await Promise.all([
    readFile(interpreter),
    readFile(new URL("prelude.lua", folder), "utf8"),
    readFile(new URL("json.lua", folder), "utf8"),
    readFile(new URL("db.lua", folder), "utf8"),
  ]);
  return { interpreter: new Uint8Array(bytes), prelude, json, db };
}
