import {
  inspectWasm,
  type WasmLimits,
  type WasmModule,
  type WasmTable,
  wasmSectionIds,
} from "../../../protocol/wasm-module.ts";

export const wasmPageBytes = 65_536;
const pagesPerMb = 16;
const pagesMax = 65_536;

/** Elements of all tables of a module together. The engine spends about eight bytes on each, outside the memory. */
const tableElementsMax = 1_000_000;

/** How far the memories and tables of one module may grow. */
export class WasmBounds {
  readonly #sparePagesEach: number;
  readonly #spareElementsEach: number;
  /** Set when what the module asks for at its start is already more than it may have: a sentence. */
  readonly excess: string | undefined;

  constructor(module: WasmModule, memoryMb: number) {
    const memories = [...module.memories, ...importedLimits(module, "memory")];
    const tables = [...module.tables, ...importedLimits(module, "table")];
    const pages = Math.min(memoryMb * pagesPerMb, pagesMax);
    const sparePages = pages - sumOfInitials(memories);
    const spareElements = tableElementsMax - sumOfInitials(tables);
    this.#sparePagesEach = Math.floor(sparePages / Math.max(1, memories.length));
    this.#spareElementsEach = Math.floor(spareElements / Math.max(1, tables.length));
    if (sparePages < 0) {
      const asked = Math.ceil(sumOfInitials(memories) / pagesPerMb);
      this.excess = `The module asks for ${asked} MiB of memory at its start, and may have ${memoryMb} MiB.`;
    } else if (spareElements < 0) {
      this.excess = `The module asks for tables of more than ${tableElementsMax} elements at its start.`;
    }
  }

  memory(declared: WasmLimits): Required<WasmLimits> & { maximum: number } {
    return bounded(declared, this.#sparePagesEach);
  }

  table(declared: WasmLimits): Required<WasmLimits> & { maximum: number } {
    return bounded(declared, this.#spareElementsEach);
  }
}

function importedLimits(module: WasmModule, kind: "memory" | "table"): WasmLimits[] {
  return module.imports.flatMap((entry) => (entry.kind === kind && entry.limits ? [entry.limits] : []));
}

function sumOfInitials(all: WasmLimits[]): number {
  return all.reduce((sum, { initial }) => sum + initial, 0);
}

function bounded({ initial, maximum }: WasmLimits, spare: number): { initial: number; maximum: number } {
  const most = initial + spare;
  return { initial, maximum: maximum === undefined ? most : Math.min(maximum, most) };
}

/** The module again, with a declared maximum on every memory and table that it defines. Nothing else changes. */
export function rewriteLimits(
  bytes: Uint8Array,
  module: WasmModule,
  memoryLimits: (declared: WasmLimits) => { initial: number; maximum: number },
  tableLimits: (declared: WasmLimits) => { initial: number; maximum: number },
): Uint8Array {
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const { id, start, end } of module.sections) {
    let content: number[];
    if (id === wasmSectionIds.memory) {
      content = encodeEntries(module.memories, (memory) => encodeLimits(memoryLimits(memory)));
    } else if (id === wasmSectionIds.table) {
      content = encodeEntries(module.tables, (table: WasmTable) => [
        ...table.typeBytes,
        ...encodeLimits(tableLimits(table)),
      ]);
    } else continue;
    parts.push(
      bytes.subarray(copied, start),
      Uint8Array.from([id, ...encodeU32(content.length), ...content]),
    );
    copied = end;
  }
  parts.push(bytes.subarray(copied));
  return concat(parts);
}

function encodeEntries<Entry>(entries: Entry[], encode: (entry: Entry) => number[]): number[] {
  return [...encodeU32(entries.length), ...entries.flatMap(encode)];
}

function encodeLimits({ initial, maximum }: { initial: number; maximum: number }): number[] {
  return [0x01, ...encodeU32(initial), ...encodeU32(maximum)];
}

function encodeU32(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 0x80;
    rest = Math.floor(rest / 0x80);
    bytes.push(rest > 0 ? low + 0x80 : low);
  } while (rest > 0);
  return bytes;
}

function concat(parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The module with another initial memory: for a runtime of ours whose needs are known. */
export function withInitialMemory(bytes: Uint8Array, initialPages: number, maximumPages: number): Uint8Array {
  const inspection = inspectWasm(bytes);
  if (!inspection.ok) throw new Error(inspection.problem);
  return rewriteLimits(
    bytes,
    inspection.module,
    () => ({ initial: initialPages, maximum: maximumPages }),
    ({ initial, maximum }) => ({ initial, maximum: maximum ?? initial + 8 }),
  );
}
