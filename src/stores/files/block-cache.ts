import type { Cid } from "../../stdx/ids.ts";

/** The blocks used last, up to a number of bytes. */
export class BlockCache {
  readonly #bytesMax: number;
  /** Least recently used first. */
  readonly #blocks = new Map<Cid, Uint8Array>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(cid: Cid): Uint8Array | undefined {
    const block = this.#blocks.get(cid);
    if (block) {
      this.#blocks.delete(cid);
      this.#blocks.set(cid, block);
    }
    return block;
  }

  /** A block that alone passes the bound is not kept: it would drive out all others. */
  put(cid: Cid, block: Uint8Array): void {
    if (this.#blocks.has(cid) || block.length > this.#bytesMax) return;
    this.#blocks.set(cid, block);
    this.#bytes += block.length;
    for (const [oldest, { length }] of this.#blocks) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#blocks.delete(oldest);
      this.#bytes -= length;
    }
  }
}
