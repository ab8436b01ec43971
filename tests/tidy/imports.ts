import { dirname, join } from "node:path/posix";

/** Source files by their path from the root of the repository. */
export type Sources = ReadonlyMap<string, string>;

const statements = [
  // import … from "x" and export … from "x", type imports too. Between the words stand names and braces alone.
  /^[ \t]*(?:import|export)\s[\w$*{},\s]*?\bfrom\s*["']([^"'\n]+)["']/gm,
  /^[ \t]*import\s*["']([^"'\n]+)["']/gm,
  // Types by import("x") and modules loaded late.
  /\bimport\(\s*["']([^"'\n]+)["']\s*\)/g,
  // Files that are started rather than imported.
  /\bnew URL\(\s*["'](\.[^"'\n]+)["']\s*,\s*import\.meta\.url\s*\)/g,
  /\bimport\.meta\.resolve\(\s*["'](\.[^"'\n]+)["']\s*\)/g,
];

/** A module without its comments. */
export function codeOf(source: string): string {
  return source.replace(/^[ \t]*\/\*[\s\S]*?\*\//gm, "").replace(/^[ \t]*\/\/.*$/gm, "");
}

/** What a module imports, as written. Code inside template strings counts too. */
export function importsOf(source: string): string[] {
  const code = codeOf(source);
  const found = statements.flatMap((statement) =>
    [...code.matchAll(statement)].map((match) => match[1] ?? ""),
  );
  return [...new Set(found)];
}

/** What a module imports to run, as written: not what it takes for its types alone. */
export function valueImportsOf(source: string): string[] {
  return importsOf(codeOf(source).replace(/^[ \t]*(?:import|export)\s+type\b[^;]*;/gm, ""));
}

/** The path from the root that a relative import means; undefined for packages and builtins. */
function resolveImport(file: string, specifier: string): string | undefined {
  return specifier.startsWith(".") ? join(dirname(file), specifier) : undefined;
}

export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Every relative import of every source. */
export function edgesOf(sources: Sources): Edge[] {
  return [...sources].flatMap(([from, source]) =>
    importsOf(source).flatMap((specifier) => {
      const to = resolveImport(from, specifier);
      return to === undefined ? [] : [{ from, to }];
    }),
  );
}

/** Every import of a package or builtin: `to` is `node:fs`, `zod`, `@scope/name`. */
export function packageEdgesOf(sources: Sources): Edge[] {
  return [...sources].flatMap(([from, source]) =>
    importsOf(source)
      .filter((specifier) => !specifier.startsWith("."))
      .map((specifier) => ({ from, to: packageName(specifier) })),
  );
}

function packageName(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The files that the entries need, themselves among them. */
export function reachable(edges: readonly Edge[], entries: readonly string[]): Set<string> {
  const targets = Map.groupBy(edges, (edge) => edge.from);
  const seen = new Set(entries);
  for (const file of seen) {
    for (const edge of targets.get(file) ?? []) seen.add(edge.to);
  }
  return seen;
}

/** One cycle of imports as the files along it, the first one again at the end; undefined when there is none. */
export function findCycle(edges: readonly Edge[]): string[] | undefined {
  const targets = Map.groupBy(edges, (edge) => edge.from);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    path.push(file);
    for (const edge of targets.get(file) ?? []) {
      const cycle = visit(edge.to);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(file);
    return undefined;
  };
  for (const file of targets.keys()) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}
