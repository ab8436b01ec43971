import { scopeNames } from "./globals.ts";

/** What the kernel's code is to see by name, as it is when a cell's script begins. */
export function takeScope(): Readonly<Record<string, unknown>> {
  ensureSharedMemory();
  return Object.fromEntries(scopeNames.map((name) => [name, Reflect.get(globalThis, name)]));
}

/** Browsers hide it from workers without an origin. The language has it, and it works. */
function ensureSharedMemory(): void {
  if ("SharedArrayBuffer" in globalThis) return;
  const { buffer } = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true });
  Reflect.defineProperty(globalThis, "SharedArrayBuffer", {
    value: buffer.constructor,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
