/// <reference path="../webassembly.d.ts" />
import type { JobErrorCode } from "../../../protocol/errors.ts";
import { limits } from "../../../protocol/limits.ts";
import type { GuestIo, GuestOutcome, GuestRuntime, GuestTask } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { InterpreterAbort } from "./c-library.ts";
import { type LuaAssets, LuaInterpreter, preparedStack } from "./interpreter.ts";
import { luaStatus } from "./lua-api.ts";

/** Runs Lua 5.4. `docs/runtimes/lua.md` says what a guest finds. */
export class LuaRuntime implements GuestRuntime {
  readonly #lua: LuaInterpreter;

  private constructor(lua: LuaInterpreter) {
    this.#lua = lua;
  }

  static async create(assets: LuaAssets): Promise<LuaRuntime> {
    return new LuaRuntime(await LuaInterpreter.create(assets));
  }

  run(task: GuestTask, io: GuestIo): GuestOutcome {
    const text = new GuestText(io);
    try {
      this.#lua.begin(task.memoryMb, (stream, bytes) => text.write(stream, bytes));
      return this.#execute(task);
    } catch (error) {
      const outcome = this.#outcomeOfThrow(error, task.memoryMb);
      this.#lua.discard();
      return outcome;
    } finally {
      text.end();
    }
  }

  reset(): boolean {
    this.#lua.restore();
    return true;
  }

  #execute(task: GuestTask): GuestOutcome {
    const lua = this.#lua;
    if (lua.compile(task.code) !== luaStatus.ok) return this.#failure("syntax_error", task.memoryMb);
    const chunk = preparedStack.finish + 1;

    lua.pushText(task.inputJson);
    for (const seed of crypto.getRandomValues(new BigInt64Array(2))) lua.pushInteger(seed);
    lua.pushUnder(preparedStack.prepare, 3);
    if (lua.call(3, 0) !== luaStatus.ok) return this.#failure("guest_error", task.memoryMb);

    lua.pushUnder(chunk, 0);
    if (lua.call(0, 1, preparedStack.explain) !== luaStatus.ok) {
      return this.#failure("guest_error", task.memoryMb);
    }
    if (lua.isNil(-1)) return { ok: true, resultJson: undefined };

    lua.pushUnder(preparedStack.finish, 1);
    if (lua.call(1, 2) !== luaStatus.ok) return this.#failure("guest_error", task.memoryMb);
    return this.#result();
  }

  /** What `finish` left on the stack: the result's text, or nil and a sentence. */
  #result(): GuestOutcome {
    const bytes = this.#lua.byteLength(-2);
    if (bytes === undefined) {
      return { ok: false, code: "result_not_json", message: this.#lua.text(-1) ?? "The result is not JSON." };
    }
    if (bytes > limits.resultBytesMax) {
      const message = `The result's JSON has ${bytes} bytes; ${limits.resultBytesMax} is the limit.`;
      return { ok: false, code: "result_too_large", message };
    }
    return { ok: true, resultJson: this.#lua.text(-2) };
  }

  /** The error on top of the stack as the task's outcome. */
  #failure(code: JobErrorCode, memoryMb: number): GuestOutcome {
    const message =
      this.#lua.text(-1, limits.errorMessageBytesMax) ?? "An error without a message was thrown.";
    // Inside of coroutines and message handlers Lua turns its own lack of memory into an ordinary error.
    if (this.#lua.memoryRefused && message.includes("not enough memory")) return memoryExceeded(memoryMb);
    if (tooLargeForAnyMemory.test(message)) return memoryExceeded(memoryMb);
    return { ok: false, code, message };
  }

  /** What unwound the interpreter itself: it is of no use after that. */
  #outcomeOfThrow(error: unknown, memoryMb: number): GuestOutcome {
    if (error instanceof InterpreterAbort) {
      if (this.#lua.memoryRefused) return memoryExceeded(memoryMb);
      return { ok: false, code: "guest_error", message: error.message };
    }
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      return { ok: false, code: "guest_error", message: "The program's calls nest too deeply." };
    }
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      return { ok: false, code: "guest_error", message: `The Lua interpreter trapped: ${error.message}.` };
    }
    throw error;
  }
}

/** How Lua refuses a string that it does not even ask memory for. */
const tooLargeForAnyMemory = /(resulting string too large|string length overflow|buffer too large)$/;

function memoryExceeded(memoryMb: number): GuestOutcome {
  return {
    ok: false,
    code: "memory_exceeded",
    message: `The job used more memory than its ${memoryMb} MiB.`,
  };
}
