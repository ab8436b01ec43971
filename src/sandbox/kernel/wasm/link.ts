/// <reference path="../webassembly.d.ts" />
import type { WasmImport, WasmModule } from "../../../protocol/wasm-module.ts";

export const wasmNames = {
  run: "run",
  start: "_start",
  initialize: "_initialize",
  memory: "memory",
  program: "main.wasm",
} as const;

const namedMax = 5;
const nameLengthMax = 80;

/** A sentence on why the module can't be linked or started here, if so. `functions` names what can be imported. */
export function linkProblem(
  module: WasmModule,
  functions: Record<string, Record<string, unknown>>,
): string | undefined {
  const missing = module.imports.filter((entry) => !isThere(entry, functions));
  if (missing.length > 0) {
    const names = missing.slice(0, namedMax).map(describeImport).join(", ");
    const more = missing.length > namedMax ? ` and ${missing.length - namedMax} more` : "";
    return `The module imports what is not there: ${names}${more}.`;
  }
  if (module.imports.filter(({ kind }) => kind === "memory").length > 1) {
    return "The module imports more than one memory.";
  }
  const exported = module.exports.filter(({ kind }) => kind === "function").map(({ name }) => name);
  if (!exported.includes(wasmNames.run) && !exported.includes(wasmNames.start)) {
    return `The module exports neither a function \`${wasmNames.run}\` nor, as a WASI command, \`${wasmNames.start}\`.`;
  }
  return undefined;
}

/** A module that exports `_start` is a WASI command: it runs once, from beginning to end. */
export function isCommand(module: WasmModule): boolean {
  return module.exports.some(({ name, kind }) => kind === "function" && name === wasmNames.start);
}

function isThere(
  { module, name, kind }: WasmImport,
  functions: Record<string, Record<string, unknown>>,
): boolean {
  if (kind === "memory") return true;
  const from = Object.hasOwn(functions, module) ? functions[module] : undefined;
  return kind === "function" && from !== undefined && Object.hasOwn(from, name);
}

function describeImport({ module, name, kind }: WasmImport): string {
  const full = `${module}.${name}`;
  const shown = full.length > nameLengthMax ? `${full.slice(0, nameLengthMax)}…` : full;
  return kind === "function" ? shown : `${shown} (a ${kind})`;
}

/** Of the functions those that a module imports, each wrapped. */
export function lend(
  functions: Record<string, WebAssembly.HostFunction>,
  names: readonly string[],
  wrap: (call: WebAssembly.HostFunction, name: string) => WebAssembly.HostFunction,
): Record<string, WebAssembly.HostFunction> {
  const lent: Record<string, WebAssembly.HostFunction> = {};
  for (const name of names) {
    const call = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (call) lent[name] = wrap(call, name);
  }
  return lent;
}
