/// <reference path="../webassembly.d.ts" />

/** The exports of wasmoon's binary that are used here: Lua's C API (https://www.lua.org/manual/5.4/manual.html#4). */
export interface LuaApi {
  memory: WebAssembly.Memory;
  __indirect_function_table: WebAssembly.Table;
  __wasm_call_ctors(): void;
  emscripten_stack_init(): void;
  emscripten_stack_get_current(): number;
  /** The stack lies between its base, where it begins, and its end below. */
  emscripten_stack_get_base(): number;
  emscripten_stack_get_end(): number;
  stackSave(): number;
  stackRestore(pointer: number): void;
  setThrew(threw: number, value: number): void;
  malloc(bytes: number): number;
  free(pointer: number): void;
  luaL_newstate(): number;
  luaL_openlibs(state: number): void;
  luaL_loadbufferx(state: number, code: number, bytes: number, name: number, mode: number): number;
  lua_atpanic(state: number, handler: number): number;
  lua_pcallk(
    state: number,
    args: number,
    results: number,
    handler: number,
    context: number,
    continuation: number,
  ): number;
  lua_pushcclosure(state: number, pointer: number, upvalues: number): void;
  lua_pushinteger(state: number, value: bigint): void;
  lua_pushlstring(state: number, text: number, bytes: number): number;
  lua_pushvalue(state: number, index: number): void;
  lua_rotate(state: number, index: number, by: number): void;
  lua_rawlen(state: number, index: number): bigint;
  lua_settop(state: number, index: number): void;
  lua_tolstring(state: number, index: number, lengthAt: number): number;
  lua_type(state: number, index: number): number;
}

/** What `luaL_loadbufferx` and `lua_pcallk` answer. */
export const luaStatus = { ok: 0, runtimeError: 2, syntaxError: 3, outOfMemory: 4, handlerError: 5 } as const;

export const luaTypes = { nil: 0, string: 4 } as const;
