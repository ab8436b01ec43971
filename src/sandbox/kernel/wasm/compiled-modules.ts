/// <reference path="../webassembly.d.ts" />
import { inspectWasm, type WasmModule } from "../../../protocol/wasm-module.ts";
import { rewriteLimits, WasmBounds } from "./bounds.ts";

export type Compiled =
  | { ok: true; module: WebAssembly.Module; outline: WasmModule; bounds: WasmBounds }
  | { ok: false; code: "wasm_invalid" | "memory_exceeded"; message: string };

interface Entry {
  bytes: Uint8Array;
  memoryMb: number;
  compiled: Compiled;
}

const entriesMax = 8;

/** Compiled modules, each for one bound of memory, since that is compiled in. Keeps those used last. */
export class CompiledModules {
  /** The one used last is at the end. */
  readonly #entries: Entry[] = [];

  get(bytes: Uint8Array, memoryMb: number): Compiled {
    const index = this.#entries.findIndex((entry) => entry.bytes === bytes && entry.memoryMb === memoryMb);
    const [known] = index < 0 ? [] : this.#entries.splice(index, 1);
    const entry = known ?? { bytes, memoryMb, compiled: compile(bytes, memoryMb) };
    this.#entries.push(entry);
    if (this.#entries.length > entriesMax) this.#entries.shift();
    return entry.compiled;
  }
}

function compile(bytes: Uint8Array, memoryMb: number): Compiled {
  const inspection = inspectWasm(bytes);
  if (!inspection.ok) return { ok: false, code: "wasm_invalid", message: inspection.problem };
  const outline = inspection.module;
  const bounds = new WasmBounds(outline, memoryMb);
  if (bounds.excess !== undefined) return { ok: false, code: "memory_exceeded", message: bounds.excess };
  const bounded = rewriteLimits(
    bytes,
    outline,
    (memory) => bounds.memory(memory),
    (table) => bounds.table(table),
  );
  try {
    return { ok: true, module: new WebAssembly.Module(bounded), outline, bounds };
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    const reason = error.message.replace(/^WebAssembly\.Module\(\): /, "");
    return { ok: false, code: "wasm_invalid", message: `The module is not valid: ${reason}.` };
  }
}
