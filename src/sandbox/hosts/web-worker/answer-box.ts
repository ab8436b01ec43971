/*
 * How an answer reaches a cell whose thread is blocked in the middle of guest code: through shared memory, a chunk at a
 * time. The cell sleeps until there is a chunk, takes it, and asks the frame for the next one by any message.
 */

const state = 0;
const chunkLength = 1;
const more = 2;
const headBytes = 16;
const chunkBytes = 256 * 1024;
const empty = 0;
const full = 1;

export function makeAnswerBox(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + chunkBytes);
}

/** The frame's end. */
export class AnswerWriter {
  readonly #head: Int32Array;
  readonly #chunk: Uint8Array;
  #rest = new Uint8Array(0);

  constructor(box: SharedArrayBuffer) {
    this.#head = new Int32Array(box, 0, headBytes / Int32Array.BYTES_PER_ELEMENT);
    this.#chunk = new Uint8Array(box, headBytes);
  }

  write(bytes: Uint8Array<ArrayBuffer>): void {
    this.#rest = bytes;
    this.next();
  }

  /** Called whenever the cell has taken a chunk and wants more. */
  next(): void {
    const chunk = this.#rest.subarray(0, chunkBytes);
    this.#rest = this.#rest.subarray(chunk.length);
    this.#chunk.set(chunk);
    this.#head[chunkLength] = chunk.length;
    this.#head[more] = this.#rest.length;
    Atomics.store(this.#head, state, full);
    Atomics.notify(this.#head, state);
  }
}

/** The cell's end. */
export class AnswerReader {
  readonly #head: Int32Array;
  readonly #chunk: Uint8Array;
  readonly #requestMore: () => void;

  constructor(box: SharedArrayBuffer, requestMore: () => void) {
    this.#head = new Int32Array(box, 0, headBytes / Int32Array.BYTES_PER_ELEMENT);
    this.#chunk = new Uint8Array(box, headBytes);
    this.#requestMore = requestMore;
  }

  /** Blocks until the whole answer is there. */
  read(): Uint8Array {
    let answer: Uint8Array | undefined;
    let at = 0;
    for (;;) {
      while (Atomics.load(this.#head, state) !== full) Atomics.wait(this.#head, state, empty);
      const length = this.#head[chunkLength] ?? 0;
      const left = this.#head[more] ?? 0;
      answer ??= new Uint8Array(length + left);
      answer.set(this.#chunk.subarray(0, length), at);
      at += length;
      Atomics.store(this.#head, state, empty);
      if (left === 0) return answer;
      this.#requestMore();
    }
  }

  /** Blocks for ever. */
  halt(): never {
    for (;;) Atomics.wait(this.#head, more, this.#head[more] ?? 0);
  }
}
