import type { FunctionTask, GuestIo, GuestOutcome, GuestRuntime, GuestTask, LoadOutcome } from "../guest.ts";
import { loadFunction, prepare } from "./handler.ts";
import { type LuaAssets, LuaInterpreter, preparedStack } from "./interpreter.ts";
import { luaStatus } from "./lua-api.ts";
import { failureOnTop, outcomeOfValue, supervised } from "./outcomes.ts";

const chunkAt = Object.keys(preparedStack).length + 1;

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
    return supervised(this.#lua, task.memoryMb, io, () => this.#execute(task));
  }

  load(task: FunctionTask, io: GuestIo): LoadOutcome {
    return loadFunction(this.#lua, task, io);
  }

  reset(): boolean {
    this.#lua.restore();
    return true;
  }

  #execute({ code, inputJson, memoryMb }: GuestTask): GuestOutcome {
    const lua = this.#lua;
    if (lua.compile(code, "job") !== luaStatus.ok) return failureOnTop(lua, "syntax_error", memoryMb);
    if (!prepare(lua, "INPUT", inputJson)) return failureOnTop(lua, "guest_error", memoryMb);
    lua.pushUnder(chunkAt, 0);
    if (lua.call(0, 1, preparedStack.explain) !== luaStatus.ok) {
      return failureOnTop(lua, "guest_error", memoryMb);
    }
    return outcomeOfValue(lua, memoryMb);
  }
}
