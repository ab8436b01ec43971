import { attributeCalls } from "./attribute-calls.ts";
import { clockCalls, type Sleeper } from "./clock-calls.ts";
import { descriptorCalls } from "./descriptor-calls.ts";
import type { Descriptors } from "./descriptors.ts";
import { directoryCalls } from "./directory-calls.ts";
import { fileCalls } from "./file-calls.ts";
import { GuestMemory } from "./guest-memory.ts";
import { fillImports } from "./interpreter-imports.ts";
import { type MemoryImage, putBack, takeRuns } from "./memory-image.ts";
import { processCalls } from "./process-calls.ts";
import { addTrampoline } from "./trampoline.ts";

/** What the interpreter has of the world outside its memory, during one task. */
export interface Surroundings {
  readonly descriptors: Descriptors;
  readonly memoryBytesMax: number;
  memoryRefusals: number;
}

const pageBytes = 65536;
const inittabEntryBytes = 8;

/**
 * Built-in modules that cells do without: `_ctypes` reads and writes any address and calls any function, and all that
 * the bridge to JavaScript consists of is registered by Pyodide's `main`, which is never called.
 */
const modulesLeftOut: ReadonlySet<string> = new Set(["_ctypes", "_ctypes_test"]);

/**
 * The whole environment of the interpreter. A fixed hash seed gives sets of strings the same order in every cell, so
 * that a job computes the same wherever it runs; it is not shown to guests.
 */
const environment = {
  HOME: "/home/guest",
  LANG: "C.UTF-8",
  PATH: "/usr/bin",
  PWD: "/home/guest",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONHASHSEED: "0",
  PYTHONHOME: "/",
  USER: "guest",
};

/** One wasm instance of CPython, and the calls into its C API that the kernel needs. */
export class Interpreter {
  surroundings: Surroundings;
  readonly #memory = new GuestMemory();
  readonly #stackBytes: number;
  readonly #table: WebAssembly.Table;
  readonly #exports: Readonly<Record<string, unknown>>;

  /** @param stackBytes how much of the stack in linear memory may be used; see stack.ts */
  constructor(module: WebAssembly.Module, surroundings: Surroundings, sleeper: Sleeper, stackBytes: number) {
    this.surroundings = surroundings;
    this.#stackBytes = stackBytes;
    const imports = fillImports(module, this.#calls(sleeper));
    this.#exports = new WebAssembly.Instance(module, imports).exports;
    const { memory, __indirect_function_table: table } = this.#exports;
    if (!(memory instanceof WebAssembly.Memory) || !(table instanceof WebAssembly.Table)) {
      throw new TypeError("The interpreter module exports no memory or no table.");
    }
    this.#memory.attach(memory);
    this.#table = table;
    const trampolineAt =
      this.#address("_PyRuntime") +
      this.#memory.readWord(this.#address("_PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET"));
    this.#memory.writeWord(trampolineAt, addTrampoline(memory, table));
    this.#call("emscripten_stack_init");
    this.#call("__wasm_call_ctors");
  }

  #calls(sleeper: Sleeper): Record<string, WebAssembly.HostFunction> {
    const self = this;
    const target = {
      memory: this.#memory,
      environment,
      get table() {
        return self.#table;
      },
      get descriptors() {
        return self.surroundings.descriptors;
      },
      get memoryBytesMax() {
        return self.surroundings.memoryBytesMax;
      },
      get memoryRefusals() {
        return self.surroundings.memoryRefusals;
      },
      set memoryRefusals(count: number) {
        self.surroundings.memoryRefusals = count;
      },
      allocate: (alignment: number, size: number) =>
        self.#call("emscripten_builtin_memalign", alignment, size),
      sleep: (durationMs: number) => sleeper.sleep(durationMs),
    };
    return {
      ...fileCalls(target),
      ...attributeCalls(target),
      ...directoryCalls(target),
      ...descriptorCalls(target),
      ...clockCalls(this.#memory, sleeper),
      ...processCalls(target),
    };
  }

  /** Starts Python from nothing: needed only to make a snapshot. */
  start(memoryBytes: number): void {
    const missing = memoryBytes - this.#memory.length;
    if (missing > 0 && !this.#memory.grow(Math.ceil(missing / pageBytes))) {
      throw new RangeError(`There is no room for ${memoryBytes} bytes of memory.`);
    }
    this.#leaveOutModules();
    this.#call("Py_InitializeEx", 0);
    this.#protectStack();
  }

  /** Runs trusted code in `__main__`; throws when it raises. */
  execute(source: string): void {
    const text = new TextEncoder().encode(source);
    const address = this.#call("malloc", text.length + 1);
    this.#memory.writeString(address, source, text.length + 1);
    const status = this.#call("PyRun_SimpleString", address);
    this.#call("free", address);
    if (status !== 0) throw new TypeError("The interpreter's own set-up raised an exception.");
  }

  /** Takes a global out of `__main__`. @returns the address of the object, which is kept for good */
  takeGlobal(name: string): number {
    const mainName = this.#callWithText("PyImport_AddModule", "__main__");
    const object = this.#callWithText("PyObject_GetAttrString", name, mainName);
    if (object === 0) throw new TypeError(`__main__ has no ${name}.`);
    this.execute(`del ${name}`);
    return object;
  }

  /** Copies the whole state. The interpreter must be at rest. */
  capture(entries: MemoryImage["entries"]): MemoryImage {
    return {
      memoryBytes: this.#memory.length,
      heapEnd: this.#heapEnd(),
      stackPointer: this.#call("emscripten_stack_get_current"),
      tableLength: this.#table.length,
      entries,
      runs: takeRuns(this.#memory.bytes),
    };
  }

  /** Puts this new instance, which never ran anything, into the state of an image. */
  adopt(image: MemoryImage): void {
    const missing = image.memoryBytes - this.#memory.length;
    if (missing > 0 && !this.#memory.grow(missing / pageBytes)) {
      throw new RangeError(`There is no room for ${image.memoryBytes} bytes of memory.`);
    }
    const dirtyEnd = this.#heapEnd();
    if (!this.#restore(image, dirtyEnd))
      throw new TypeError("The Python snapshot belongs to another interpreter.");
  }

  /** Goes back to an image that was adopted before. @returns false when that cannot be done exactly */
  restore(image: MemoryImage): boolean {
    return this.#restore(image, this.#heapEnd());
  }

  #restore(image: MemoryImage, heapEnd: number): boolean {
    if (this.#memory.length !== image.memoryBytes || this.#table.length !== image.tableLength) return false;
    putBack(image, this.#memory.bytes, Math.max(image.heapEnd, Math.min(heapEnd, image.memoryBytes)));
    this.#call("_emscripten_stack_restore", image.stackPointer);
    this.#call("setTempRet0", 0);
    this.#protectStack();
    return true;
  }

  /** Tells CPython how deep C code may go: an image may come from a maker with another stack. */
  #protectStack(): void {
    const thread = this.#call("PyThreadState_Get");
    const top = this.#call("emscripten_stack_get_base");
    this.#call("PyUnstable_ThreadState_SetStackProtection", thread, top - this.#stackBytes, this.#stackBytes);
  }

  /**
   * Calls a function of ours with byte strings. Throws what unwound the interpreter, if anything did: it then has to be
   * put back before it can be called again.
   * @returns its answer, or undefined when there is no memory left for one
   */
  call(entry: number, ...texts: Uint8Array[]): Uint8Array | undefined {
    const stackPointer = this.#call("emscripten_stack_get_current");
    const objects = texts.map((bytes) => this.#newBytes(bytes));
    let answer: Uint8Array | undefined;
    if (!objects.includes(0)) {
      const args = this.#call("_emscripten_stack_alloc", 16);
      objects.forEach((object, index) => {
        this.#memory.writeWord(args + 4 * index, object);
      });
      const result = this.#call("PyObject_Vectorcall", entry, args, objects.length, 0);
      if (result !== 0) answer = this.#takeBytes(result);
    }
    for (const object of objects) if (object !== 0) this.#call("Py_DecRef", object);
    if (answer === undefined) this.#call("PyErr_Clear");
    this.#call("_emscripten_stack_restore", stackPointer);
    return answer;
  }

  /** Copies a bytes object and lets go of it. What is none has no bytes. */
  #takeBytes(object: number): Uint8Array {
    const length = this.#call("PyBytes_Size", object);
    if (length < 0) this.#call("PyErr_Clear");
    const bytes =
      length < 0
        ? new Uint8Array(0)
        : this.#memory.slice(this.#call("PyBytes_AsString", object), length).slice();
    this.#call("Py_DecRef", object);
    return bytes;
  }

  /** Where the heap ends: memory above was never handed out. */
  #heapEnd(): number {
    return this.#memory.readWord(this.#call("emscripten_get_sbrk_ptr"));
  }

  #newBytes(bytes: Uint8Array): number {
    const object = this.#call("PyBytes_FromStringAndSize", 0, bytes.length);
    if (object !== 0) this.#memory.bytes.set(bytes, this.#call("PyBytes_AsString", object) >>> 0);
    return object;
  }

  /** Takes modules off the list of those compiled in (`PyImport_Inittab`), before the interpreter reads it. */
  #leaveOutModules(): void {
    const table = this.#memory.readWord(this.#address("PyImport_Inittab"));
    let to = table;
    for (let from = table; ; from += inittabEntryBytes) {
      const name = this.#memory.readWord(from);
      if (name !== 0 && modulesLeftOut.has(this.#memory.readString(name))) continue;
      this.#memory.writeWord(to, name);
      this.#memory.writeWord(to + 4, this.#memory.readWord(from + 4));
      if (name === 0) return;
      to += inittabEntryBytes;
    }
  }

  /** Calls a C function whose last parameter is a string. */
  #callWithText(name: string, text: string, ...before: number[]): number {
    const address = this.#call("malloc", text.length + 1);
    this.#memory.writeString(address, text, text.length + 1);
    const result = this.#call(name, ...before, address);
    this.#call("free", address);
    return result;
  }

  #call(name: string, ...args: number[]): number {
    const exported = this.#exports[name];
    if (typeof exported !== "function") throw new TypeError(`The interpreter module exports no ${name}.`);
    return exported(...args);
  }

  /** The address of an exported variable. */
  #address(name: string): number {
    const exported = this.#exports[name];
    const value = exported instanceof WebAssembly.Global ? exported.value : undefined;
    if (typeof value !== "number") throw new TypeError(`The interpreter module exports no variable ${name}.`);
    return value;
  }
}
