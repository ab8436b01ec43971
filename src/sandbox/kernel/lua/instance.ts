/// <reference path="../webassembly.d.ts" />
import type { OutputStream } from "../../../protocol/output.ts";
import { sizeRefusal } from "../host-question.ts";
import { wasmPageBytes } from "../wasm/bounds.ts";
import { cLibrary, InterpreterAbort } from "./c-library.ts";
import { addHostFunction } from "./host-function.ts";
import type { LuaApi } from "./lua-api.ts";

export const mib = 1024 * 1024;
/** Half of it is the C stack and data; the rest is a guest's before the memory has to grow. */
export const initialBytes = 2 * mib;
/** What the interpreter was compiled for. */
export const bytesMax = 2048 * mib;
const growthStepMax = 64 * mib;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What an interpreter may ask of its host during one task. */
export interface LuaHost {
  write(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): void;
  /** @returns a `HostAnswer` as JSON text */
  ask(op: string, argsJson: string): string;
}

const noHost: LuaHost = {
  write() {},
  ask() {
    throw new InterpreterAbort("The Lua interpreter asked its host between two tasks.");
  },
};

/** What a chunk is called in messages. */
export const chunkNames = { job: "job.lua", function: "function.lua" } as const;
export type ChunkKind = keyof typeof chunkNames;

/** The memory of an interpreter that is ready for a task, and addresses in it. All between and behind the two is zero. */
export interface Image {
  data: Uint8Array;
  /** Begins where the C stack, which lies behind the data and grows down, has its base. */
  heap: Uint8Array;
  heapAt: number;
  stackPointer: number;
  state: number;
  chunkNames: Record<ChunkKind, number>;
  textMode: number;
  /** Eight bytes for answers by pointer. */
  scratch: number;
}

export function heapEnd({ heap, heapAt }: Image): number {
  return heapAt + heap.length;
}

/** One WebAssembly instance of the interpreter. */
export class Instance {
  readonly api: LuaApi;
  bytesAllowed = initialBytes;
  memoryRefused = false;
  host = noHost;
  /** The C function by which db.lua asks the host. */
  readonly askPointer: number;
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
      write: (stream, bytes) => this.host.write(stream, bytes),
      errorCaught: () => {
        if (this.memoryRefused) throw new InterpreterAbort("not enough memory");
      },
    });
    this.api = new WebAssembly.Instance(module, imports).exports as unknown as LuaApi;
    this.#view = new DataView(this.api.memory.buffer);
    this.askPointer = addHostFunction(this.api.__indirect_function_table, (state) => this.#ask(state));
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
    this.host = noHost;
  }

  copyIn(bytes: Uint8Array): [at: number, length: number] {
    const at = this.api.malloc(Math.max(1, bytes.length));
    if (at === 0) throw new InterpreterAbort("not enough memory");
    new Uint8Array(this.api.memory.buffer).set(bytes, at);
    return [at, bytes.length];
  }

  /** A `lua_CFunction`: takes the operation and its arguments as strings, and returns the answer as one. */
  #ask(state: number): number {
    const tooLarge = sizeRefusal(this.#argumentBytes(state, 1) + this.#argumentBytes(state, 2));
    const answer = tooLarge ?? this.host.ask(this.#argument(state, 1), this.#argument(state, 2));
    const [at, length] = this.copyIn(encoder.encode(answer));
    this.api.lua_pushlstring(state, at, length);
    this.api.free(at);
    return 1;
  }

  #argument(state: number, index: number): string {
    const at = this.api.lua_tolstring(state, index, 0);
    const length = this.#argumentBytes(state, index);
    return decoder.decode(new Uint8Array(this.api.memory.buffer, at, length));
  }

  #argumentBytes(state: number, index: number): number {
    return Number(this.api.lua_rawlen(state, index));
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
