/** A call for which no kernel function stands: the interpreter, or a guest in command of it, reached for JavaScript. */
export class RefusedImport {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Fills the interpreter module's imports. The module was built to be joined to JavaScript: it asks for some 270 functions,
 * most of which turn values into JavaScript objects and back. Here it gets those that `calls` names, which exchange
 * numbers and bytes; any other ends the task. This list is the wall between a guest and the cell's own JavaScript.
 */
export function fillImports(
  module: WebAssembly.Module,
  calls: Readonly<Record<string, WebAssembly.HostFunction>>,
): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {};
  for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
    imports[space] ??= {};
    if (kind === "function") imports[space][name] = calls[name] ?? refuse(name);
    // Addresses of functions that only graphics and console code would take; null, so calling one traps.
    else if (kind === "global")
      imports[space][name] = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
    else throw new TypeError(`The interpreter module asks for a ${kind} called ${name}.`);
  }
  return imports;
}

function refuse(name: string): WebAssembly.HostFunction {
  return () => {
    throw new RefusedImport(name);
  };
}
