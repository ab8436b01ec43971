/// <reference path="../webassembly.d.ts" />

/** A sentence for what made the engine stop a module, or undefined if it was not the module's doing. */
export function trapMessage(error: unknown): string | undefined {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return "The module's calls nest too deeply: the stack is full.";
  }
  if (error instanceof RangeError && /memory/i.test(error.message)) {
    return `The module could not be given its memory: ${error.message}.`;
  }
  if (error instanceof WebAssembly.RuntimeError) return `The module trapped: ${error.message}.`;
  if (error instanceof WebAssembly.Exception) return "The module threw an exception that nothing caught.";
  return undefined;
}

const framesMax = 20;

/** The module's own frames at the trap, innermost first; names come from its name section. */
export function trapTrace(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frames = stack.split("\n").flatMap((line) => {
    const [, name, place] = /^\s*at (?:(.+) \()?wasm:\/\/wasm\/[^:]*:([^)]*)\)?$/.exec(line) ?? [];
    if (place === undefined) return [];
    return [`    at ${name === undefined ? "" : `${name} `}(${place})\n`];
  });
  return frames.length === 0 ? "" : `wasm stack:\n${frames.slice(0, framesMax).join("")}`;
}
