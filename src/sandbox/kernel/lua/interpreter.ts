/// <reference path="../webassembly.d.ts" />

import { jsonDepthMax } from "../../../stdx/bounded-json.ts";
import { wasmPageBytes, withInitialMemory } from "../wasm/bounds.ts";
import {
  bytesMax,
  type ChunkKind,
  chunkNames,
  heapEnd,
  type Image,
  Instance,
  initialBytes,
  type LuaHost,
  mib,
} from "./instance.ts";
import { luaStatus, luaTypes } from "./lua-api.ts";

/** The interpreter's binary, and the Lua sources that make a guest's world of it. */
export interface LuaAssets {
  /** `glue.wasm` of the package wasmoon: Lua 5.4 compiled by Emscripten. */
  interpreter: Uint8Array;
  prelude: string;
  json: string;
  db: string;
}

/** Up to this size, writing over the whole memory is cheaper than a new instance. */
const restoredBytesMax = 8 * mib;

/** The stack of an interpreter that is ready for a task: the functions that prelude.lua returns. */
export const preparedStack = { prepare: 1, explain: 2, finish: 3, decode: 4, handlerOf: 5 } as const;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A Lua interpreter in a WebAssembly instance, driven through its C API without a layer between: guests are given no
 * JavaScript object at all.
 *
 * Invariant: all that an instance remembers is its linear memory, its stack pointer, and three integers that only
 * Emscripten's glue uses (the two ends of the stack, and the label of a jump under way). So `restore`, which writes the
 * whole memory and the stack pointer, leaves nothing of a guest behind, whatever that guest did to the interpreter.
 */
export class LuaInterpreter {
  readonly #module: WebAssembly.Module;
  readonly #image: Image;
  #instance: Instance | undefined;

  private constructor(module: WebAssembly.Module, instance: Instance, image: Image) {
    this.#module = module;
    this.#instance = instance;
    this.#image = image;
  }

  static async create(assets: LuaAssets): Promise<LuaInterpreter> {
    const pages = (bytes: number): number => bytes / wasmPageBytes;
    const module = await WebAssembly.compile(
      withInitialMemory(assets.interpreter, pages(initialBytes), pages(bytesMax)),
    );
    const instance = new Instance(module);
    return new LuaInterpreter(module, instance, boot(instance, assets));
  }

  /** Makes it as it was before its first task. */
  restore(): void {
    if (!this.#instance || this.#instance.bytes > restoredBytesMax) {
      this.#instance = new Instance(this.#module);
      this.#instance.api.emscripten_stack_init();
    }
    this.#instance.load(this.#image);
  }

  /** Gives up an instance that was left in the middle of something; the next `restore` makes another. */
  discard(): void {
    this.#instance = undefined;
  }

  /** Before a task, or a call of what was loaded. */
  begin(memoryMb: number, host: LuaHost): void {
    const instance = this.#current;
    instance.bytesAllowed = Math.min(bytesMax, Math.max(initialBytes, heapEnd(this.#image) + memoryMb * mib));
    instance.memoryRefused = false;
    instance.host = host;
  }

  /** True once the memory could not grow as far as was asked. Lua then collects garbage and may yet go on. */
  get memoryRefused(): boolean {
    return this.#current.memoryRefused;
  }

  /** Pushes the compiled chunk, or on another status than `ok` the error. Takes text only. */
  compile(code: string, kind: ChunkKind): number {
    const { api } = this.#current;
    const { state, textMode } = this.#image;
    const [at, length] = this.#copyIn(code);
    const status = api.luaL_loadbufferx(state, at, length, this.#image.chunkNames[kind], textMode);
    api.free(at);
    return status;
  }

  pushText(text: string): void {
    const { api } = this.#current;
    const [at, length] = this.#copyIn(text);
    api.lua_pushlstring(this.#image.state, at, length);
    api.free(at);
  }

  pushInteger(value: bigint): void {
    this.#current.api.lua_pushinteger(this.#image.state, value);
  }

  /** Pushes a copy of what is at the index, below the topmost `args` values. */
  pushUnder(index: number, args: number): void {
    const { api } = this.#current;
    api.lua_pushvalue(this.#image.state, index);
    api.lua_rotate(this.#image.state, -(args + 1), 1);
  }

  /** Calls what lies under the topmost `args` values, and puts `results` values or an error in their place. */
  call(args: number, results: number, handlerIndex = 0): number {
    return this.#current.api.lua_pcallk(this.#image.state, args, results, handlerIndex, 0, 0);
  }

  /** Takes off the stack what lies above the index. */
  cutStack(index: number): void {
    this.#current.api.lua_settop(this.#image.state, index);
  }

  isNil(index: number): boolean {
    return this.#current.api.lua_type(this.#image.state, index) === luaTypes.nil;
  }

  /** The length in bytes of the string at the index; undefined for what is no string. */
  byteLength(index: number): number | undefined {
    return this.#locate(index)?.length;
  }

  /** The string at the index, cut after `bytesMost` bytes; undefined for what is no string. */
  text(index: number, bytesMost = Number.POSITIVE_INFINITY): string | undefined {
    const place = this.#locate(index);
    if (!place) return undefined;
    const length = Math.min(place.length, bytesMost);
    return decoder.decode(new Uint8Array(this.#current.api.memory.buffer, place.at, length));
  }

  get #current(): Instance {
    if (!this.#instance) throw new Error("The interpreter was used before it was restored.");
    return this.#instance;
  }

  #copyIn(text: string): [at: number, length: number] {
    return this.#current.copyIn(encoder.encode(text));
  }

  #locate(index: number): { at: number; length: number } | undefined {
    const { api } = this.#current;
    const { state, scratch } = this.#image;
    if (api.lua_type(state, index) !== luaTypes.string) return undefined;
    const at = api.lua_tolstring(state, index, scratch);
    return { at, length: this.#current.memory().getUint32(scratch, true) };
  }
}

/** Opens the libraries, runs the Lua sources, and takes the image that every task starts from. */
function boot(instance: Instance, assets: LuaAssets): Image {
  const { api } = instance;
  api.__wasm_call_ctors();
  api.emscripten_stack_init();
  const state = api.luaL_newstate();
  // Without a handler, an error outside of a protected call goes straight to abort, and prints nothing.
  api.lua_atpanic(state, 0);
  api.luaL_openlibs(state);
  const [textMode] = instance.copyIn(encoder.encode("t\0"));
  const scratch = api.malloc(8);
  const run = (source: string, name: string, args: number, results: number): void => {
    const [code, length] = instance.copyIn(encoder.encode(source));
    const [chunkName] = instance.copyIn(encoder.encode(`=${name}\0`));
    let status = api.luaL_loadbufferx(state, code, length, chunkName, textMode);
    if (status === luaStatus.ok) {
      api.lua_rotate(state, -(args + 1), 1);
      status = api.lua_pcallk(state, args, results, 0, 0, 0);
    }
    if (status !== luaStatus.ok) throw new Error(`${name} does not run (${status}).`);
    api.free(code);
    api.free(chunkName);
  };
  api.lua_pushinteger(state, BigInt(jsonDepthMax));
  run(assets.json, "json", 1, 2);
  // db.lua is given what json.lua returned, which stays for the prelude.
  api.lua_pushvalue(state, 1);
  api.lua_pushvalue(state, 2);
  api.lua_pushcclosure(state, instance.askPointer, 0);
  run(assets.db, "db", 3, 1);
  run(assets.prelude, "prelude", 3, Object.keys(preparedStack).length);
  const nameOf = (kind: ChunkKind): number => instance.copyIn(encoder.encode(`=${chunkNames[kind]}\0`))[0];
  const names = { job: nameOf("job"), function: nameOf("function") };
  const stackPointer = api.emscripten_stack_get_current();
  const heapAt = api.emscripten_stack_get_base();
  if (stackPointer !== heapAt) throw new Error("The interpreter's stack is not empty.");
  const bytes = new Uint8Array(api.memory.buffer);
  const data = bytes.slice(0, api.emscripten_stack_get_end());
  const heap = withoutZerosAtEnd(bytes.subarray(heapAt));
  return { data, heap, heapAt, stackPointer, state, chunkNames: names, textMode, scratch };
}

function withoutZerosAtEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
}
