import type { WasmModule } from "./wasm-module.ts";

/*
 * Whether code may ask the database: only then does a volunteer have to be able to answer such questions. A look from
 * outside, that errs on the safe side; code that hides the word from it is refused by the call itself, where it runs.
 */

/** Whether source text, in whatever language, has the word `db` anywhere. */
export function mentionsDatabase(code: string): boolean {
  return /\bdb\b/.test(code);
}

/** Whether a module imports one of the database's host functions, `db_*` of the module `env`. */
export function importsDatabase({ imports }: WasmModule): boolean {
  return imports.some(({ module, name }) => module === "env" && name.startsWith("db_"));
}
