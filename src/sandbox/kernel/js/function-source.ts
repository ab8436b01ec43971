import type { ModuleDeclaration, Program, Statement } from "acorn";
import {
  describeFault,
  type Fault,
  faultOf,
  furthest,
  isNode,
  leavesScript,
  parseModule,
  parseScript,
  withoutHashBang,
} from "./parse.ts";
import { guestFile } from "./realm/guest-file.ts";
import type { StripTypes } from "./typescript.ts";

export type PreparedFunction =
  /** `script` is sloppy code that evaluates to a `HandlerExports`, or to a promise of one. */
  { ok: true; script: string } | { ok: false; message: string };

/**
 * Makes a script of a function's code, which may be a script or an ES module, either with types. Lines stay where they
 * are.
 */
export function prepareFunction(code: string, stripTypes: StripTypes): PreparedFunction {
  try {
    return prepare(code, stripTypes);
  } catch (error) {
    if (error instanceof ImportError) return { ok: false, message: error.message };
    return { ok: false, message: "The code is nested too deeply." };
  }
}

type Attempt = { ok: true; script: string } | { ok: false; fault: Fault };

function prepare(code: string, stripTypes: StripTypes): PreparedFunction {
  const plain = attempt(code);
  if (plain.ok) return plain;
  const stripped = stripTypes(code);
  const typed: Attempt = stripped.ok
    ? attempt(stripped.code)
    : { ok: false, fault: faultOf(stripped.message) };
  if (typed.ok) return typed;
  return { ok: false, message: describeFault(furthest(plain.fault, typed.fault)) };
}

function attempt(code: string): Attempt {
  // Only a guess of what to try first: parsing a bundle takes long enough to be done once.
  const looksLikeModule = /^\s*(?:export|import)\b/m.test(code);
  const module = looksLikeModule ? parseModule(code) : undefined;
  if (module?.ok && isModule(code, module.program))
    return { ok: true, script: ofModule(code, module.program) };
  const script = parseScript(code);
  if (script.ok) return { ok: true, script: ofScript(code, script.program) };
  // The parser says so of `import`, `export` and `import.meta`.
  if (!/\bmodule\b/.test(script.fault.reason)) return script;
  const last = module ?? parseModule(code);
  return last.ok ? { ok: true, script: ofModule(code, last.program) } : last;
}

/** Whether a program that parses as a module has anything that only modules have. */
const isModule = (code: string, program: Program): boolean =>
  code.includes("import.meta") || program.body.some(({ type }) => /^(?:Import|Export)/.test(type));

const named = `\n//# sourceURL=${guestFile}`;
const handleIfAny = 'typeof handle==="undefined"?undefined:handle';

function ofScript(code: string, program: Program): string {
  const found = `({__proto__:null,handle:${handleIfAny}})`;
  if (!leavesScript(code, program)) return `${code}\n;${found}${named}`;
  return `(async () => {${withoutHashBang(code)}\n;return ${found}})()${named}`;
}

interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

/** A module needs another one. */
class ImportError extends Error {}

/** Makes a module the body of a function that returns what it exports. Nothing else can import it. */
function ofModule(code: string, program: Program): string {
  // The names of parameters and constants that the module does not use.
  let own = "$module";
  while (code.includes(own)) own += "$";
  const edits: Edit[] = [];
  let main = "undefined";
  let handle = handleIfAny;
  for (const node of program.body) {
    refuseImport(code, node);
    if (node.type === "ExportNamedDeclaration" && node.declaration) {
      edits.push({ at: node.start, length: "export".length, text: "" });
    } else if (node.type === "ExportNamedDeclaration") {
      edits.push({
        at: node.start,
        length: node.end - node.start,
        text: linesOf(code, node.start, node.end),
      });
      for (const { local, exported } of node.specifiers) {
        const name = "name" in exported ? exported.name : exported.value;
        if (!("name" in local)) continue;
        if (name === "default") main = local.name;
        if (name === "handle") handle = local.name;
      }
    } else if (node.type === "ExportDefaultDeclaration") {
      const keywords = defaultKeywords.exec(code.slice(node.start))?.[0] ?? "";
      const { declaration } = node;
      const isNamed = "id" in declaration && declaration.id && /Declaration$/.test(declaration.type);
      main = isNamed ? (declaration.id?.name ?? own) : own;
      const lines = linesOf(keywords, 0, keywords.length);
      edits.push({
        at: node.start,
        length: keywords.length,
        text: isNamed ? lines : `const ${own}=${lines}`,
      });
      // An anonymous function may stand without a semicolon, as a declaration.
      edits.push({ at: node.end, length: 0, text: ";" });
    }
  }
  const meta = `${own}Meta`;
  if (code.includes("import")) metaEdits(program, meta, edits);
  const body = apply(withoutHashBang(code), edits);
  const found = `{__proto__:null,default:${main},handle:${handle}}`;
  return `(async function(${meta}){"use strict";${body}\n;return ${found}}).call(undefined,{__proto__:null})${named}`;
}

/** `export default`, whatever stands between the two. */
const defaultKeywords = /^export(?:\s|\/\*[\s\S]*?\*\/|\/\/.*)+default/;

/** The line breaks in a stretch of code, so that what follows keeps its line. */
const linesOf = (code: string, start: number, end: number): string =>
  code.slice(start, end).replace(/[^\n]+/g, "");

function refuseImport(code: string, node: Statement | ModuleDeclaration): void {
  if (!("source" in node) || !isNode(node.source) || !("value" in node.source)) return;
  const line = code.slice(0, node.start).split("\n").length;
  const what = node.type === "ImportDeclaration" ? "imports" : "exports from";
  throw new ImportError(
    `The module ${what} ${JSON.stringify(node.source.value)} (line ${line}), but a function has to be one file: bundle it first, for example with esbuild --bundle --format=esm.`,
  );
}

/** `import.meta` is an empty object. */
function metaEdits(value: unknown, name: string, edits: Edit[]): void {
  if (Array.isArray(value)) {
    for (const item of value) metaEdits(item, name, edits);
  } else if (isNode(value)) {
    if (value.type === "MetaProperty" && "meta" in value && isNode(value.meta) && "name" in value.meta) {
      const isImport = value.meta.name === "import";
      if (isImport) edits.push({ at: value.start, length: value.end - value.start, text: name });
      return;
    }
    for (const child of Object.values(value)) metaEdits(child, name, edits);
  }
}

function apply(code: string, edits: readonly Edit[]): string {
  let edited = "";
  let from = 0;
  for (const { at, length, text } of edits.toSorted((a, b) => a.at - b.at)) {
    edited += code.slice(from, at) + text;
    from = at + length;
  }
  return edited + code.slice(from);
}
