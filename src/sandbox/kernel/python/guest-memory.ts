const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The interpreter's linear memory. Addresses are unsigned; the views follow the memory when it grows. */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;
  #bytes = new Uint8Array(0);
  #view = new DataView(new ArrayBuffer(0));

  /** The instance that owns the memory needs this object first, to be imported with. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    this.#follow();
    return this.#bytes;
  }

  get view(): DataView {
    this.#follow();
    return this.#view;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** @returns false when the engine has no room left */
  grow(pages: number): boolean {
    try {
      this.#memory?.grow(pages);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  slice(address: number, length: number): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(address >>> 0, (address >>> 0) + length);
  }

  readWord(address: number): number {
    return this.view.getUint32(address >>> 0, true);
  }

  writeWord(address: number, value: number): void {
    this.view.setUint32(address >>> 0, value, true);
  }

  writeLong(address: number, value: bigint): void {
    this.view.setBigInt64(address >>> 0, value, true);
  }

  /** Text up to the terminating zero. */
  readString(address: number): string {
    const start = address >>> 0;
    const end = this.bytes.indexOf(0, start);
    return decoder.decode(this.bytes.subarray(start, end < 0 ? undefined : end));
  }

  /** Writes text and a terminating zero. @returns the bytes written, the zero among them */
  writeString(address: number, text: string, bytesMax: number): number {
    const bytes = encoder.encode(text);
    const length = Math.min(bytes.length, bytesMax - 1);
    this.bytes.set(bytes.subarray(0, length), address >>> 0);
    this.bytes[(address >>> 0) + length] = 0;
    return length + 1;
  }

  /** A buffer that the memory outgrew is detached, and so has no length. */
  #follow(): void {
    if (this.#bytes.length > 0 || this.#memory === undefined) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
}
