/**
 * Reads the outline of a WebAssembly binary: its imports, exports, memories and tables, without looking at code.
 * Whether the code itself is valid is for the engine to say, inside a cell.
 * The format: https://webassembly.github.io/spec/core/binary/modules.html
 */

export type WasmExternKind = "function" | "table" | "memory" | "global" | "tag";

/** Of a memory in pages of 64 KiB, of a table in elements. */
export interface WasmLimits {
  initial: number;
  maximum: number | undefined;
}

export interface WasmTable extends WasmLimits {
  /** The reference type as it stands in the binary. */
  typeBytes: Uint8Array;
}

export interface WasmImport {
  module: string;
  name: string;
  kind: WasmExternKind;
  /** Of an imported memory or table. */
  limits: WasmLimits | undefined;
}

export interface WasmExport {
  name: string;
  kind: WasmExternKind;
}

/** Where a section lies in the binary, from its id to the end of its content. */
export interface WasmSection {
  id: number;
  start: number;
  end: number;
}

export interface WasmModule {
  imports: WasmImport[];
  exports: WasmExport[];
  /** Those that the module defines itself. */
  memories: WasmLimits[];
  tables: WasmTable[];
  sections: WasmSection[];
}

export type WasmInspection =
  | { ok: true; module: WasmModule }
  /** `problem` is a sentence. */
  | { ok: false; problem: string };

export const wasmSectionIds = { custom: 0, import: 2, table: 4, memory: 5, export: 7 } as const;

/** More than any compiler emits, so that a hostile binary can't make its reader hold millions of entries. */
const entriesMax = 10_000;
const memoriesMax = 16;
const tablesMax = 64;
const nameBytesMax = 100_000;

const externKinds = ["function", "table", "memory", "global", "tag"] as const;

class Malformed extends Error {}

/** Tells what the module asks for and offers, or in a sentence why it can't be used. */
export function inspectWasm(bytes: Uint8Array): WasmInspection {
  try {
    return { ok: true, module: readModule(bytes) };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, problem: error.message };
    throw error;
  }
}

function readModule(bytes: Uint8Array): WasmModule {
  checkPreamble(bytes);
  const module: WasmModule = { imports: [], exports: [], memories: [], tables: [], sections: [] };
  const reader = new Reader(bytes, 8, bytes.length);
  while (!reader.atEnd) {
    const start = reader.at;
    const id = reader.byte();
    const size = reader.u32();
    const content = reader.part(size, `Section ${id} of the module`);
    if (module.sections.length === entriesMax) throw new Malformed("The module has too many sections.");
    module.sections.push({ id, start, end: reader.at });
    readSection(id, content, module);
  }
  return module;
}

function checkPreamble(bytes: Uint8Array): void {
  const [a, b, c, d, version, ...rest] = bytes.subarray(0, 8);
  if (a !== 0 || b !== 0x61 || c !== 0x73 || d !== 0x6d) {
    throw new Malformed(
      a === 0x28 || a === 0x3b
        ? "This looks like WebAssembly text; compile it to a binary module first, for example with wat2wasm."
        : "The bytes do not begin as a WebAssembly module does (00 61 73 6d).",
    );
  }
  if (rest.length < 3) throw new Malformed("The module ends before its version.");
  if (version === 0x0d || rest[1] === 1) {
    throw new Malformed("This is a WebAssembly component; a core module (version 1) is needed.");
  }
  if (version !== 1 || rest.some((byte) => byte !== 0)) {
    throw new Malformed("The module's version is not 1.");
  }
}

function readSection(id: number, content: Reader, module: WasmModule): void {
  switch (id) {
    case wasmSectionIds.import:
      fill(module.imports, content, entriesMax, "imports", readImport);
      break;
    case wasmSectionIds.table:
      fill(module.tables, content, tablesMax, "tables", readTable);
      break;
    case wasmSectionIds.memory:
      fill(module.memories, content, memoriesMax, "memories", readMemory);
      break;
    case wasmSectionIds.export:
      fill(module.exports, content, entriesMax, "exports", readExport);
      break;
    default:
      return;
  }
  if (!content.atEnd) throw new Malformed(`Section ${id} of the module is longer than what it lists.`);
}

function fill<Entry>(
  list: Entry[],
  content: Reader,
  max: number,
  what: string,
  read: (reader: Reader) => Entry,
): void {
  const count = content.u32();
  if (list.length + count > max) throw new Malformed(`The module has ${count} ${what}; ${max} is the most.`);
  for (let n = 0; n < count; n++) list.push(read(content));
}

function readImport(reader: Reader): WasmImport {
  const module = reader.name();
  const name = reader.name();
  const kind = readKind(reader);
  let limits: WasmLimits | undefined;
  switch (kind) {
    case "function":
      reader.u32();
      break;
    case "table":
      limits = readTable(reader);
      break;
    case "memory":
      limits = readMemory(reader);
      break;
    case "global":
      reader.valueType();
      reader.byte();
      break;
    case "tag":
      reader.byte();
      reader.u32();
      break;
  }
  return { module, name, kind, limits };
}

function readExport(reader: Reader): WasmExport {
  const name = reader.name();
  const kind = readKind(reader);
  reader.u32();
  return { name, kind };
}

function readKind(reader: Reader): WasmExternKind {
  const byte = reader.byte();
  const kind = externKinds[byte];
  if (kind === undefined)
    throw new Malformed(`The module imports or exports a thing of unknown kind ${byte}.`);
  return kind;
}

function readTable(reader: Reader): WasmTable {
  // An explicit initial value would need its expression parsed, and no compiler emits one.
  if (reader.peek() === 0x40) throw new Malformed("The module has a table with an initial value.");
  const typeBytes = reader.valueType();
  return { typeBytes, ...readLimits(reader, "table") };
}

function readMemory(reader: Reader): WasmLimits {
  return readLimits(reader, "memory");
}

function readLimits(reader: Reader, what: "memory" | "table"): WasmLimits {
  const flags = reader.byte();
  if (flags & 0x02) throw new Malformed(`The module has a shared ${what}; a cell has one thread.`);
  if (flags & 0x04) throw new Malformed(`The module has a 64-bit ${what}; 32-bit is what runs here.`);
  if (flags > 0x01) throw new Malformed(`The module has a ${what} of an unknown kind (${flags}).`);
  const initial = reader.u32();
  const maximum = flags & 0x01 ? reader.u32() : undefined;
  return { initial, maximum };
}

const nameDecoder = new TextDecoder("utf-8", { fatal: true });

/** Reads within its bounds; any step over them is a Malformed. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  get atEnd(): boolean {
    return this.at === this.#end;
  }

  peek(): number {
    const byte = this.at < this.#end ? this.#bytes[this.at] : undefined;
    if (byte === undefined) throw new Malformed("The module is cut off.");
    return byte;
  }

  byte(): number {
    const byte = this.peek();
    this.at++;
    return byte;
  }

  /** LEB128, at most five bytes. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      if (shift === 28 && byte > 0x0f) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Malformed("The module holds a number longer than 32 bits.");
  }

  name(): string {
    const length = this.u32();
    if (length > nameBytesMax) throw new Malformed("The module holds a name longer than 100,000 bytes.");
    const start = this.at;
    this.#skip(length, "A name in the module");
    try {
      return nameDecoder.decode(this.#bytes.subarray(start, this.at));
    } catch {
      throw new Malformed("The module holds a name that is not UTF-8.");
    }
  }

  /** A value or reference type: one byte, or `(ref null? heaptype)`, whose heap type is a number. */
  valueType(): Uint8Array {
    const start = this.at;
    const first = this.byte();
    if (first === 0x63 || first === 0x64) {
      for (let length = 1; this.byte() >= 0x80; length++) {
        if (length === 5) throw new Malformed("The module holds a number longer than 32 bits.");
      }
    }
    return this.#bytes.subarray(start, this.at);
  }

  part(length: number, what: string): Reader {
    const start = this.at;
    this.#skip(length, what);
    return new Reader(this.#bytes, start, this.at);
  }

  #skip(length: number, what: string): void {
    if (length > this.#end - this.at) throw new Malformed(`${what} is longer than what follows it.`);
    this.at += length;
  }
}
