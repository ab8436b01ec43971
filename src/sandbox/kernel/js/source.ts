import { type Node, Parser, type Program } from "acorn";
import { ByteCache } from "../../../stdx/byte-cache.ts";
import { guestFile } from "./realm/guest-file.ts";
import type { StripTypes } from "./typescript.ts";

export type PreparedSource =
  /** `script` is sloppy code whose completion value is the result, or a promise of it. */
  { ok: true; script: string } | { ok: false; message: string };

const cacheBytesMax = 16 << 20;

/** Turns what users write into scripts, and remembers: jobs repeat their code. */
export class SourceCache {
  readonly #stripTypes: StripTypes;
  readonly #cache = new ByteCache<string, PreparedSource>(cacheBytesMax);

  constructor(stripTypes: StripTypes) {
    this.#stripTypes = stripTypes;
  }

  prepare(code: string): PreparedSource {
    const known = this.#cache.get(code);
    if (known) return known;
    const prepared = attempt(code, this.#stripTypes);
    const scriptLength = prepared.ok ? prepared.script.length : prepared.message.length;
    this.#cache.set(code, prepared, 2 * (code.length + scriptLength));
    return prepared;
  }
}

const acornOptions = {
  ecmaVersion: "latest",
  sourceType: "script",
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowHashBang: true,
} as const;

function attempt(code: string, stripTypes: StripTypes): PreparedSource {
  try {
    return prepare(code, stripTypes);
  } catch {
    return { ok: false, message: "The code is nested too deeply." };
  }
}

/** JavaScript as it is; TypeScript without its types; code with `await` or `return` at top level as a function's body. */
function prepare(code: string, stripTypes: StripTypes): PreparedSource {
  const plain = parse(code);
  if (plain.ok) return { ok: true, script: finish(code, plain.program) };
  const stripped = stripTypes(code);
  const typed = stripped.ok ? parse(stripped.code) : { ok: false as const, fault: faultOf(stripped.message) };
  if (stripped.ok && typed.ok) return { ok: true, script: finish(stripped.code, typed.program) };
  // The parser that came further is the one whose language this is.
  const fault = !typed.ok && isAfter(typed.fault, plain.fault) ? typed.fault : plain.fault;
  return { ok: false, message: `${fault.reason} (line ${fault.line}, column ${fault.column})` };
}

interface Fault {
  readonly reason: string;
  readonly line: number;
  readonly column: number;
}

type Parsed = { ok: true; program: Program } | { ok: false; fault: Fault };

function parse(code: string): Parsed {
  try {
    return { ok: true, program: Parser.parse(code, acornOptions) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { reason, line, column } = faultOf(error.message);
    // Acorn counts columns from 0, people from 1.
    return { ok: false, fault: { reason, line, column: column + 1 } };
  }
}

/** Both parsers write "Unexpected token (3:14)". */
function faultOf(message: string): Fault {
  const [, reason = message, line = "1", column = "1"] = /^(.*) \((\d+):(\d+)\)$/s.exec(message) ?? [];
  return { reason, line: Number(line), column: Number(column) };
}

const isAfter = (a: Fault, b: Fault): boolean =>
  a.line > b.line || (a.line === b.line && a.column > b.column);

function finish(code: string, program: Program): string {
  const named = `\n//# sourceURL=${guestFile}`;
  if (!/\b(await|return)\b/.test(code) || !program.body.some(leavesScript)) return code + named;
  // On one line with the first of the user's, so that line numbers stay right.
  return `(async () => {${withReturn(code, program)}\n})()${named}`;
}

/** Makes the last statement's value the function's. An earlier `return` stays what it is. */
function withReturn(code: string, program: Program): string {
  const last = program.body.at(-1);
  // A script may begin with "#!", a function's body may not.
  const body = code.startsWith("#!") ? `//${code.slice(2)}` : code;
  if (last?.type !== "ExpressionStatement" || last.directive !== undefined) return body;
  return `${body.slice(0, last.start)}return ${body.slice(last.start)}`;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** Whether a node has an `await` or a `return` that belongs to the script itself, not to a function within. */
function leavesScript(node: Node): boolean {
  switch (node.type) {
    case "AwaitExpression":
    case "ReturnStatement":
      return true;
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return false;
  }
  const isAwaiting =
    (node.type === "ForOfStatement" && "await" in node && node.await === true) ||
    (node.type === "VariableDeclaration" && "kind" in node && node.kind === "await using");
  return isAwaiting || Object.values(node).some(childLeavesScript);
}

function childLeavesScript(child: unknown): boolean {
  return Array.isArray(child) ? child.some(childLeavesScript) : isNode(child) && leavesScript(child);
}
