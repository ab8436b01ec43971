/**
 * The part of the WebAssembly JavaScript interface that the kernel uses (https://webassembly.github.io/spec/js-api/),
 * without the `any` of the DOM's own library file. Natively compiled code and tests see the same declarations.
 */
declare namespace WebAssembly {
  type ExternKind = "function" | "global" | "memory" | "table" | "tag";
  // biome-ignore lint/suspicious/noExplicitAny: parameters are contravariant, so `unknown` would admit no function.
  type HostFunction = (...args: any[]) => unknown;
  type ImportValue = HostFunction | Memory | Table | Global;
  type Imports = Record<string, Record<string, ImportValue>>;

  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: ExternKind }[];
    static exports(module: Module): { name: string; kind: ExternKind }[];
  }

  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Readonly<Record<string, unknown>>;
  }

  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  class Table {
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value: unknown): void;
    grow(delta: number): number;
  }

  class Global {
    constructor(descriptor: { value: "i32"; mutable: boolean }, value: number);
    value: unknown;
  }

  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}

  /** Thrown by a module that uses the exception handling proposal. */
  class Exception {}

  function compile(bytes: Uint8Array): Promise<Module>;
  function validate(bytes: Uint8Array): boolean;
}
