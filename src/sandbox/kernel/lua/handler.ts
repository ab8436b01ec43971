import type { FunctionTask, GuestHandler, GuestIo, GuestOutcome, LoadOutcome } from "../guest.ts";
import { type LuaInterpreter, preparedStack } from "./interpreter.ts";
import { luaStatus } from "./lua-api.ts";
import { failureOnTop, outcomeOfValue, supervised } from "./outcomes.ts";

const chunkAt = Object.keys(preparedStack).length + 1;
const handlerAt = chunkAt + 1;

/** Loads a function into an interpreter that is ready for a task. */
export function loadFunction(lua: LuaInterpreter, task: FunctionTask, io: GuestIo): LoadOutcome {
  const { memoryMb } = task;
  return supervised(lua, memoryMb, io, (): LoadOutcome => {
    if (lua.compile(task.code, "function") !== luaStatus.ok)
      return failureOnTop(lua, "syntax_error", memoryMb);
    if (!prepare(lua, "ENV", JSON.stringify(task.env))) return failureOnTop(lua, "guest_error", memoryMb);

    lua.pushUnder(chunkAt, 0);
    if (lua.call(0, 1, preparedStack.explain) !== luaStatus.ok) {
      return failureOnTop(lua, "guest_error", memoryMb);
    }
    lua.pushUnder(preparedStack.handlerOf, 1);
    if (lua.call(1, 1) !== luaStatus.ok) return failureOnTop(lua, "guest_error", memoryMb);
    if (lua.isNil(handlerAt)) return noHandler;
    return { ok: true, handler: new LuaHandler(lua, memoryMb) };
  });
}

/** Makes a global of a value, and draws chance anew. @returns false when the error lies on top of the stack */
export function prepare(lua: LuaInterpreter, name: string, valueJson: string): boolean {
  lua.pushText(name);
  lua.pushText(valueJson);
  for (const seed of crypto.getRandomValues(new BigInt64Array(2))) lua.pushInteger(seed);
  lua.pushUnder(preparedStack.prepare, 4);
  return lua.call(4, 0) === luaStatus.ok;
}

const noHandler: LoadOutcome = {
  ok: false,
  code: "guest_error",
  message: "The code defines no function handle(req), and returns no function either.",
};

/** A loaded function. Its handler stays on the interpreter's stack, and its globals are Lua's own. */
class LuaHandler implements GuestHandler {
  readonly #lua: LuaInterpreter;
  readonly #memoryMb: number;

  constructor(lua: LuaInterpreter, memoryMb: number) {
    this.#lua = lua;
    this.#memoryMb = memoryMb;
  }

  call(requestJson: string, io: GuestIo): GuestOutcome {
    return supervised(this.#lua, this.#memoryMb, io, () => this.#answer(requestJson));
  }

  #answer(requestJson: string): GuestOutcome {
    const lua = this.#lua;
    const memoryMb = this.#memoryMb;
    lua.cutStack(handlerAt);
    lua.pushText(requestJson);
    lua.pushUnder(preparedStack.decode, 1);
    if (lua.call(1, 1) !== luaStatus.ok) return failureOnTop(lua, "guest_error", memoryMb);
    lua.pushUnder(handlerAt, 1);
    if (lua.call(1, 1, preparedStack.explain) !== luaStatus.ok) {
      return failureOnTop(lua, "guest_error", memoryMb);
    }
    return outcomeOfValue(lua, memoryMb);
  }
}
