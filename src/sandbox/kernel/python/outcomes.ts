import { isJobErrorCode } from "../../../protocol/errors.ts";
import { limits } from "../../../protocol/limits.ts";
import type { GuestOutcome } from "../guest.ts";
import { RefusedImport } from "./interpreter-imports.ts";
import { GuestAbort, GuestExit, GuestOutOfMemory } from "./process-calls.ts";

export type PythonFailure = Extract<GuestOutcome, { ok: false }>;

/** The kinds of answers that come from the interpreter; see runner.py and functions.py. */
export const answerKinds = { nothing: "N", result: "R", failure: "E", program: "P" } as const;

const outOfMemory: PythonFailure = {
  ok: false,
  code: "memory_exceeded",
  message: "The program ran out of memory.",
};

/**
 * Reads an answer; undefined is that of an interpreter without the memory for one. A guest in command of the interpreter
 * may have forged it, so nothing in it is trusted.
 */
export function readAnswer(answer: Uint8Array | undefined): GuestOutcome {
  if (answer === undefined) return outOfMemory;
  if (answer.length > limits.resultBytesMax + 1) {
    return {
      ok: false,
      code: "result_too_large",
      message: `The result's JSON is ${answer.length - 1} bytes, over the limit of ${limits.resultBytesMax}.`,
    };
  }
  const text = new TextDecoder().decode(answer);
  const kind = text.charAt(0);
  const body = text.slice(1);
  if (kind === answerKinds.nothing) return { ok: true, resultJson: undefined };
  if (kind === answerKinds.result && isJson(body)) return { ok: true, resultJson: body };
  if (kind === answerKinds.result) {
    return { ok: false, code: "result_not_json", message: "The result's encoder wrote what is not JSON." };
  }
  const [code, ...rest] = body.split("\n");
  if (kind === answerKinds.failure && code !== undefined && isJobErrorCode(code)) {
    return { ok: false, code, message: rest.join("\n") };
  }
  return { ok: false, code: "guest_error", message: "The program broke its interpreter." };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Says what it means that the interpreter did not return. Throws on what only a defect of the kernel explains. */
export function judgeUnwinding(error: unknown): GuestOutcome {
  const failed = (message: string): GuestOutcome => ({ ok: false, code: "guest_error", message });
  if (error instanceof GuestExit) {
    if (error.status === 0) return { ok: true, resultJson: undefined };
    return failed(`The program exited with code ${error.status}.`);
  }
  if (error instanceof GuestOutOfMemory) return outOfMemory;
  if (error instanceof GuestAbort) return failed(error.reason);
  if (error instanceof RefusedImport) {
    return failed(`The program reached for ${error.name}, which a cell does not have.`);
  }
  if (error instanceof RangeError) {
    if (/call stack/i.test(error.message))
      return failed("The program recursed until the interpreter's stack was full.");
    if (/allocation/i.test(error.message)) return outOfMemory;
    return failed("The program led its interpreter to an address that does not exist.");
  }
  if (error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception) {
    return failed(
      `The program broke its interpreter: ${error instanceof Error ? error.message : "an exception in C"}.`,
    );
  }
  throw error;
}
