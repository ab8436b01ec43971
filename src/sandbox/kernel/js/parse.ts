import { type Node, type Options, Parser, type Program } from "acorn";

export interface Fault {
  readonly reason: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export type Parsed = { ok: true; program: Program } | { ok: false; fault: Fault };

const scriptOptions = {
  ecmaVersion: "latest",
  sourceType: "script",
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowHashBang: true,
} as const satisfies Options;

const moduleOptions = { ecmaVersion: "latest", sourceType: "module", allowHashBang: true } as const;

/** Parses a script as guests write it: `await` and `return` may stand at its top level. */
export const parseScript = (code: string): Parsed => parse(code, scriptOptions);

export const parseModule = (code: string): Parsed => parse(code, moduleOptions);

function parse(code: string, options: Options): Parsed {
  try {
    return { ok: true, program: Parser.parse(code, options) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { reason, line, column } = faultOf(error.message);
    // Acorn counts columns from 0, people from 1.
    return { ok: false, fault: { reason, line, column: column + 1 } };
  }
}

/** Both parsers write "Unexpected token (3:14)". */
export function faultOf(message: string): Fault {
  const [, reason = message, line = "1", column = "1"] = /^(.*) \((\d+):(\d+)\)$/s.exec(message) ?? [];
  return { reason, line: Number(line), column: Number(column) };
}

/** The fault of the parser that came further: its language is the one that was meant. The first wins a tie. */
export function furthest(first: Fault, second: Fault): Fault {
  const isAfter = second.line > first.line || (second.line === first.line && second.column > first.column);
  return isAfter ? second : first;
}

export const describeFault = ({ reason, line, column }: Fault): string =>
  `${reason} (line ${line}, column ${column})`;

/** A script may begin with "#!", a function's body may not. */
export const withoutHashBang = (code: string): string =>
  code.startsWith("#!") ? `//${code.slice(2)}` : code;

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** Whether a script has an `await` or a `return` that belongs to itself, not to a function within. */
export function leavesScript(code: string, program: Program): boolean {
  return /\b(await|return)\b/.test(code) && program.body.some(leaves);
}

function leaves(node: Node): boolean {
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
  return isAwaiting || Object.values(node).some(childLeaves);
}

function childLeaves(child: unknown): boolean {
  return Array.isArray(child) ? child.some(childLeaves) : isNode(child) && leaves(child);
}
