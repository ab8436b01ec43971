/** As much of WebAssembly as this says; TypeScript knows the rest from the browser's own declarations. */
export interface ModuleFace {
  readonly imports: readonly { readonly module: string; readonly name: string; readonly kind: string }[];
  readonly exports: readonly { readonly name: string; readonly kind: string }[];
}

const words: Readonly<Record<string, string>> = { function: "func" };

/** A module's outside, in the manner of WebAssembly's text format. */
export function moduleText({ imports, exports }: ModuleFace): string {
  const kindOf = (kind: string) => `(${words[kind] ?? kind})`;
  const lines = [
    ...imports.map(
      ({ module, name, kind }) => `  (import ${quoted(module)} ${quoted(name)} ${kindOf(kind)})`,
    ),
    ...exports.map(({ name, kind }) => `  (export ${quoted(name)} ${kindOf(kind)})`),
  ];
  return lines.length === 0 ? "(module)" : `(module\n${lines.join("\n")}\n)`;
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
