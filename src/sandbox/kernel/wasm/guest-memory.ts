/// <reference path="../webassembly.d.ts" />

/** A pointer or length that does not lie in the guest's memory. */
export class OutOfBounds extends Error {}

/**
 * The memory of a running module as host functions see it. Every access is checked, and the numbers that a module hands
 * over are taken for what they are: it may have declared an import with any types.
 */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;
  #view: DataView<ArrayBuffer> | undefined;

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  get attached(): boolean {
    return this.#memory !== undefined;
  }

  /** A view of the guest's bytes, good until the guest runs again. */
  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    const { buffer } = this.#current();
    if (at + length > buffer.byteLength) {
      throw new OutOfBounds(`${length} bytes at ${at} are not all inside of its memory`);
    }
    return new Uint8Array(buffer, at, length);
  }

  /** For reading and writing numbers; the view itself checks nothing against `at` but its own end. */
  view(at: number, length: number): DataView<ArrayBuffer> {
    const { buffer } = this.bytes(at, length);
    if (this.#view?.buffer !== buffer) this.#view = new DataView(buffer);
    return this.#view;
  }

  getU32(at: number): number {
    return this.view(at, 4).getUint32(at, true);
  }

  setU32(at: number, value: number): void {
    this.view(at, 4).setUint32(at, value, true);
  }

  setU64(at: number, value: bigint): void {
    this.view(at, 8).setBigUint64(at, BigInt.asUintN(64, value), true);
  }

  #current(): WebAssembly.Memory {
    if (!this.#memory) throw new OutOfBounds("it has no memory yet, or exports none by the name `memory`");
    return this.#memory;
  }
}

/** An i32 parameter as the unsigned number that pointers, lengths and descriptors are. */
export function u32(value: unknown): number {
  if (typeof value !== "number") throw new OutOfBounds("a parameter that has to be an i32 is none");
  return value >>> 0;
}

/** An i64 parameter, unsigned. */
export function u64(value: unknown): bigint {
  if (typeof value !== "bigint") throw new OutOfBounds("a parameter that has to be an i64 is none");
  return BigInt.asUintN(64, value);
}
