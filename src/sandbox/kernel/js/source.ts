import type { Program } from "acorn";
import { ByteCache } from "../../../stdx/byte-cache.ts";
import {
  describeFault,
  faultOf,
  furthest,
  leavesScript,
  type Parsed,
  parseScript,
  withoutHashBang,
} from "./parse.ts";
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

function attempt(code: string, stripTypes: StripTypes): PreparedSource {
  try {
    return prepare(code, stripTypes);
  } catch {
    return { ok: false, message: "The code is nested too deeply." };
  }
}

/** JavaScript as it is; TypeScript without its types; code with `await` or `return` at top level as a function's body. */
function prepare(code: string, stripTypes: StripTypes): PreparedSource {
  const plain = parseScript(code);
  if (plain.ok) return { ok: true, script: finish(code, plain.program) };
  const stripped = stripTypes(code);
  const typed: Parsed = stripped.ok
    ? parseScript(stripped.code)
    : { ok: false, fault: faultOf(stripped.message) };
  if (stripped.ok && typed.ok) return { ok: true, script: finish(stripped.code, typed.program) };
  const fault = typed.ok ? plain.fault : furthest(plain.fault, typed.fault);
  return { ok: false, message: describeFault(fault) };
}

function finish(code: string, program: Program): string {
  const named = `\n//# sourceURL=${guestFile}`;
  if (!leavesScript(code, program)) return code + named;
  // On one line with the first of the user's, so that line numbers stay right.
  return `(async () => {${withReturn(code, program)}\n})()${named}`;
}

/** Makes the last statement's value the function's. An earlier `return` stays what it is. */
function withReturn(code: string, program: Program): string {
  const last = program.body.at(-1);
  const body = withoutHashBang(code);
  if (last?.type !== "ExpressionStatement" || last.directive !== undefined) return body;
  return `${body.slice(0, last.start)}return ${body.slice(last.start)}`;
}
