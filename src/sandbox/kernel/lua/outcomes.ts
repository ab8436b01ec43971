/// <reference path="../webassembly.d.ts" />
import type { JobErrorCode } from "../../../protocol/errors.ts";
import { limits } from "../../../protocol/limits.ts";
import type { GuestIo, GuestOutcome } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { askHost } from "../host-question.ts";
import { InterpreterAbort } from "./c-library.ts";
import { type LuaInterpreter, preparedStack } from "./interpreter.ts";
import { luaStatus } from "./lua-api.ts";

export type LuaFailure = Extract<GuestOutcome, { ok: false }>;

/**
 * Lets an interpreter do one thing.
 * @returns what came of it; a failure that is `spent` when the interpreter was left in the middle of something
 */
export function supervised<Outcome>(
  lua: LuaInterpreter,
  memoryMb: number,
  io: GuestIo,
  execute: () => Outcome,
): Outcome | LuaFailure {
  const text = new GuestText(io);
  try {
    lua.begin(memoryMb, {
      write: (stream, bytes) => text.write(stream, bytes),
      ask: (op, argsJson) => askHost(io, op, argsJson),
    });
    return execute();
  } catch (error) {
    const failure = failureOfThrow(lua, error, memoryMb);
    lua.discard();
    return failure;
  } finally {
    text.end();
  }
}

/** The value on top of the stack as the task's outcome. */
export function outcomeOfValue(lua: LuaInterpreter, memoryMb: number): GuestOutcome {
  if (lua.isNil(-1)) return { ok: true, resultJson: undefined };
  lua.pushUnder(preparedStack.finish, 1);
  if (lua.call(1, 2) !== luaStatus.ok) return failureOnTop(lua, "guest_error", memoryMb);
  // `finish` left the result's text, or nil and a sentence.
  const bytes = lua.byteLength(-2);
  if (bytes === undefined) {
    return { ok: false, code: "result_not_json", message: lua.text(-1) ?? "The result is not JSON." };
  }
  if (bytes > limits.resultBytesMax) {
    const message = `The result's JSON has ${bytes} bytes; ${limits.resultBytesMax} is the limit.`;
    return { ok: false, code: "result_too_large", message };
  }
  return { ok: true, resultJson: lua.text(-2) };
}

/** The error on top of the stack as the task's outcome. */
export function failureOnTop(lua: LuaInterpreter, code: JobErrorCode, memoryMb: number): LuaFailure {
  const message = lua.text(-1, limits.errorMessageBytesMax) ?? "An error without a message was thrown.";
  // Inside of coroutines and message handlers Lua turns its own lack of memory into an ordinary error.
  if (lua.memoryRefused && message.includes("not enough memory")) return memoryExceeded(memoryMb);
  if (tooLargeForAnyMemory.test(message)) return memoryExceeded(memoryMb);
  return { ok: false, code, message };
}

/** What unwound the interpreter itself: it is of no use after that. */
function failureOfThrow(lua: LuaInterpreter, error: unknown, memoryMb: number): LuaFailure {
  const spent = (message: string): LuaFailure => ({ ok: false, code: "guest_error", message, spent: true });
  if (error instanceof InterpreterAbort) {
    return lua.memoryRefused ? { ...memoryExceeded(memoryMb), spent: true } : spent(error.message);
  }
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return spent("The program's calls nest too deeply.");
  }
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
    return spent(`The Lua interpreter trapped: ${error.message}.`);
  }
  throw error;
}

/** How Lua refuses a string that it does not even ask memory for. */
const tooLargeForAnyMemory = /(resulting string too large|string length overflow|buffer too large)$/;

function memoryExceeded(memoryMb: number): LuaFailure {
  return {
    ok: false,
    code: "memory_exceeded",
    message: `The program used more memory than its ${memoryMb} MB.`,
  };
}
