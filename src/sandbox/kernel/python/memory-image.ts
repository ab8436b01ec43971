/**
 * A copy of the interpreter's linear memory with what else must be put back for it to be the same interpreter: the only
 * other state that a wasm instance has is its stack pointer and its table of functions. Blocks of nothing but zeros,
 * about half, are left out.
 */
export interface MemoryImage {
  memoryBytes: number;
  /** Where the heap ended; everything above is zero. */
  heapEnd: number;
  stackPointer: number;
  tableLength: number;
  /** The addresses of the functions that the kernel calls; see runner.py and functions.py. */
  entries: { run: number; load: number; call: number };
  /** In ascending order, apart from each other. */
  runs: { address: number; bytes: Uint8Array }[];
}

/** What a snapshot file holds. */
export interface Snapshot {
  image: MemoryImage;
  /** The packed standard library, which the image expects to find as a file. */
  stdlib: Uint8Array;
  /** The length of the interpreter module that the image belongs to. */
  wasmBytes: number;
}

interface SnapshotHeader {
  format: number;
  wasmBytes: number;
  stdlibBytes: number;
  image: Omit<MemoryImage, "runs"> & { runs: [address: number, length: number][] };
}

const format = 2;
const blockBytes = 4096;
const headBytes = 4;

/** Finds the runs of blocks that are not all zero. The bytes are copied. */
export function takeRuns(memory: Uint8Array<ArrayBuffer>): MemoryImage["runs"] {
  const words = new BigUint64Array(memory.buffer, 0, memory.length / 8);
  const wordsPerBlock = blockBytes / 8;
  const runs: MemoryImage["runs"] = [];
  let runStart = -1;
  for (let block = 0; block <= words.length / wordsPerBlock; block++) {
    const used = block < words.length / wordsPerBlock && !isZero(words, block * wordsPerBlock, wordsPerBlock);
    if (used && runStart < 0) runStart = block * blockBytes;
    if (used || runStart < 0) continue;
    runs.push({ address: runStart, bytes: memory.slice(runStart, block * blockBytes) });
    runStart = -1;
  }
  return runs;
}

function isZero(words: BigUint64Array, start: number, count: number): boolean {
  for (let i = start; i < start + count; i++) {
    if (words[i] !== 0n) return false;
  }
  return true;
}

/** Makes memory the same as the image, up to `dirtyEnd`: above it, memory must still be zero. */
export function putBack(image: MemoryImage, memory: Uint8Array, dirtyEnd: number): void {
  let at = 0;
  for (const { address, bytes } of image.runs) {
    memory.fill(0, at, address);
    memory.set(bytes, address);
    at = address + bytes.length;
  }
  if (at < dirtyEnd) memory.fill(0, at, dirtyEnd);
}

/**
 * A snapshot file: the length of the header (u32, little-endian), the header (JSON), the packed library, the runs one
 * after the other. Whoever keeps the file sees to it that it stays whole.
 */
export function encodeSnapshot({ image, stdlib, wasmBytes }: Snapshot): Uint8Array {
  const header: SnapshotHeader = {
    format,
    wasmBytes,
    stdlibBytes: stdlib.length,
    image: { ...image, runs: image.runs.map(({ address, bytes }) => [address, bytes.length]) },
  };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const parts = [json, stdlib, ...image.runs.map(({ bytes }) => bytes)];
  const encoded = new Uint8Array(headBytes + parts.reduce((sum, part) => sum + part.length, 0));
  new DataView(encoded.buffer).setUint32(0, json.length, true);
  let at = headBytes;
  for (const part of parts) {
    encoded.set(part, at);
    at += part.length;
  }
  return encoded;
}

/** Reads a snapshot without copying it: what is returned are views of `encoded`. Throws a TypeError on anything else. */
export function decodeSnapshot(encoded: Uint8Array): Snapshot {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const headerEnd = headBytes + (encoded.length < headBytes ? 0 : view.getUint32(0, true));
  if (encoded.length < headBytes || headerEnd > encoded.length)
    throw new TypeError("The Python snapshot is cut short.");
  const header: SnapshotHeader = JSON.parse(new TextDecoder().decode(encoded.subarray(headBytes, headerEnd)));
  if (header.format !== format) throw new TypeError("The Python snapshot has another format.");
  let at = headerEnd + header.stdlibBytes;
  const runs = header.image.runs.map(([address, length]) => {
    const bytes = encoded.subarray(at, at + length);
    at += length;
    return { address, bytes };
  });
  if (at !== encoded.length) throw new TypeError("The Python snapshot has the wrong length.");
  return {
    image: { ...header.image, runs },
    stdlib: encoded.subarray(headerEnd, headerEnd + header.stdlibBytes),
    wasmBytes: header.wasmBytes,
  };
}
