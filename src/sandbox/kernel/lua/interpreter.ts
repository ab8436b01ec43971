/// <reference path="../webassembly.d.ts" />

import type { OutputStream } from "../../../protocol/output.ts";
import { jsonDepthMax } from "../../../stdx/bounded-json.ts";
import { wasmPageBytes, withInitialMemory } from "../wasm/bounds.ts";
import { cLibrary, InterpreterAbort } from "./c-library.ts";
import type { LuaApi } from "./lua-api.ts";
import { luaStatus, luaTypes } from "./lua-api.ts";

/** The interpreter's binary, and the Lua sources that make a guest's world of it. */
export interface LuaAssets {
  /** `glue.wasm` of the package wasmoon: Lua 5.4 compiled by Emscripten. */
  interpreter: Uint8Array;
  prelude: string;
  json: string;
}

export type LuaOutput = (stream: OutputStream, bytes: Uint8Array<ArrayBuffer>) => void;

const mib = 1024 * 1024;
/** Half of it is the C stack and data; the rest is a guest's before the memory has to grow. */
const initialBytes = 2 * mib;
/** What the interpreter was compiled for. */
const bytesMax = 2048 * mib;
/** Up to this size, writing over the whole memory is cheaper than a new instance. */
const restoredBytesMax = 8 * mib;
const growthStepMax = 64 * mib;

/** The stack of an interpreter that is ready for a task: the three functions that prelude.lua returns. */
export const preparedStack = { prepare: 1, explain: 2, finish: 3 } as const;

/** The memory of an interpreter that is ready for a task, and addresses in it. All between and behind the two is zero. */
interface Image {
  data: Uint8Array;
  /** Begins where the C stack, which lies behind the data and grows down, has its base. */
  heap: Uint8Array;
  heapAt: number;
  stackPointer: number;
  state: number;
  chunkName: number;
  textMode: number;
  /** Eight bytes for answers by pointer. */
  scratch: number;
}

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

  /** For the task that follows a `restore`. */
  begin(memoryMb: number, output: LuaOutput): void {
    const instance = this.#current;
    instance.bytesAllowed = Math.min(bytesMax, Math.max(initialBytes, heapEnd(this.#image) + memoryMb * mib));
    instance.output = output;
  }

  /** True once the memory could not grow as far as was asked. Lua then collects garbage and may yet go on. */
  get memoryRefused(): boolean {
    return this.#current.memoryRefused;
  }

  /** Pushes the compiled chunk, or on another status than `ok` the error. Takes text only. */
  compile(code: string): number {
    const { api } = this.#current;
    const { state, chunkName, textMode } = this.#image;
    const [at, length] = this.#copyIn(code);
    const status = api.luaL_loadbufferx(state, at, length, chunkName, textMode);
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
  run(assets.prelude, "prelude", 2, 3);
  const [chunkName] = instance.copyIn(encoder.encode("=job.lua\0"));
  const stackPointer = api.emscripten_stack_get_current();
  const heapAt = api.emscripten_stack_get_base();
  if (stackPointer !== heapAt) throw new Error("The interpreter's stack is not empty.");
  const bytes = new Uint8Array(api.memory.buffer);
  const data = bytes.slice(0, api.emscripten_stack_get_end());
  const heap = withoutZerosAtEnd(bytes.subarray(heapAt));
  return { data, heap, heapAt, stackPointer, state, chunkName, textMode, scratch };
}

function heapEnd({ heap, heapAt }: Image): number {
  return heapAt + heap.length;
}

function withoutZerosAtEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
}

class Instance {
  readonly api: LuaApi;
  bytesAllowed = initialBytes;
  memoryRefused = false;
  output: LuaOutput = () => {};
  #view: DataView<ArrayBuffer>;

  constructor(module: WebAssembly.Module) {
    // The engine makes a function object at each look into the table, so they are kept.
    const functions: unknown[] = [];
    const imports = cLibrary({
      memory: () => this.memory(),
      call: (index, a, b) => {
        functions[index] ??= this.api.__indirect_function_table.get(index);
        const callee = functions[index];
        if (typeof callee !== "function") throw new InterpreterAbort("The Lua interpreter called nothing.");
        callee(a, b);
      },
      stackSave: () => this.api.stackSave(),
      stackRestore: (pointer) => this.api.stackRestore(pointer),
      setThrew: (threw, value) => this.api.setThrew(threw, value),
      growTo: (bytes) => this.#growTo(bytes),
      write: (stream, bytes) => this.output(stream, bytes),
      errorCaught: () => {
        if (this.memoryRefused) throw new InterpreterAbort("not enough memory");
      },
    });
    this.api = new WebAssembly.Instance(module, imports).exports as unknown as LuaApi;
    this.#view = new DataView(this.api.memory.buffer);
  }

  get bytes(): number {
    return this.api.memory.buffer.byteLength;
  }

  memory(): DataView<ArrayBuffer> {
    if (this.#view.buffer !== this.api.memory.buffer) this.#view = new DataView(this.api.memory.buffer);
    return this.#view;
  }

  load(image: Image): void {
    const bytes = new Uint8Array(this.api.memory.buffer);
    bytes.set(image.data);
    bytes.fill(0, image.data.length, image.heapAt);
    bytes.set(image.heap, image.heapAt);
    bytes.fill(0, heapEnd(image));
    this.api.stackRestore(image.stackPointer);
    this.memoryRefused = false;
    this.output = () => {};
  }

  copyIn(bytes: Uint8Array): [at: number, length: number] {
    const at = this.api.malloc(Math.max(1, bytes.length));
    if (at === 0) throw new InterpreterAbort("not enough memory");
    new Uint8Array(this.api.memory.buffer).set(bytes, at);
    return [at, bytes.length];
  }

  #growTo(wanted: number): boolean {
    const now = this.bytes;
    const generous = now + Math.min(now, growthStepMax);
    const target = Math.min(this.bytesAllowed, Math.max(wanted, generous));
    if (wanted > this.bytesAllowed) {
      this.memoryRefused = true;
      return false;
    }
    try {
      this.api.memory.grow(Math.ceil((target - now) / wasmPageBytes));
      return true;
    } catch {
      this.memoryRefused = true;
      return false;
    }
  }
}
