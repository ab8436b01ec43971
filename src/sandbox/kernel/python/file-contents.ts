const blockBytes = 64 * 1024;

/**
 * The bytes of a file, in blocks, so that one that grows is never copied. A block nobody wrote to is all zeros and not
 * there.
 */
export class FileContents {
  #blocks: (Uint8Array | undefined)[] = [];
  #size = 0;

  /** Contents that share `bytes` instead of copying them: for a file that is only read. */
  static of(bytes: Uint8Array): FileContents {
    const contents = new FileContents();
    for (let at = 0; at < bytes.length; at += blockBytes) {
      contents.#blocks.push(bytes.subarray(at, at + blockBytes));
    }
    contents.#size = bytes.length;
    return contents;
  }

  get size(): number {
    return this.#size;
  }

  /** @returns how many bytes it copied; fewer than `into` has at the end of the file */
  read(at: number, into: Uint8Array): number {
    const count = Math.max(0, Math.min(into.length, this.#size - at));
    for (let done = 0; done < count; ) {
      const from = (at + done) % blockBytes;
      const step = Math.min(blockBytes - from, count - done);
      const block = this.#blocks[Math.floor((at + done) / blockBytes)];
      if (block) into.set(block.subarray(from, from + step), done);
      else into.fill(0, done, done + step);
      done += step;
    }
    return count;
  }

  /** Bytes of memory that writing here would take, beyond what is taken. */
  costOf(at: number, length: number): number {
    let cost = 0;
    for (let i = Math.floor(at / blockBytes); i * blockBytes < at + length; i++) {
      if (this.#blocks[i] === undefined) cost += blockBytes;
    }
    return cost;
  }

  /** Writes, and makes the file longer where need be. */
  write(at: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const index = Math.floor((at + done) / blockBytes);
      const to = (at + done) % blockBytes;
      const step = Math.min(blockBytes - to, bytes.length - done);
      let block = this.#blocks[index];
      if (block === undefined) {
        block = new Uint8Array(blockBytes);
        this.#blocks[index] = block;
      }
      block.set(bytes.subarray(done, done + step), to);
      done += step;
    }
    this.#size = Math.max(this.#size, at + bytes.length);
  }

  /** Sets the length; what is added is zeros. @returns the bytes of memory that it gave back */
  resize(size: number): number {
    let freed = 0;
    if (size < this.#size) {
      const kept = Math.ceil(size / blockBytes);
      for (const block of this.#blocks.slice(kept)) if (block) freed += blockBytes;
      this.#blocks.length = Math.min(this.#blocks.length, kept);
      this.#blocks[kept - 1]?.fill(0, size - (kept - 1) * blockBytes);
    }
    this.#size = size;
    return freed;
  }
}
