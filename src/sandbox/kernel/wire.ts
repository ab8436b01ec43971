/**
 * The pipe between a host and its cell. A frame is
 *
 *     u32 little-endian  length of the header in bytes
 *     u32 little-endian  length of the payload in bytes
 *     header             JSON, UTF-8
 *     payload            raw bytes: a module, an input's or a result's JSON text, or nothing
 *
 * The host may send tasks ahead. Tasks run strictly one by one, in the order sent. After a task that ran for
 * `slowTaskMs` or longer the cell skips every task frame whose `epoch` is lower than the one it announced in that task's
 * `done` or `fail`: so the host may give away what waits behind a slow task without asking, and sends the rest again
 * under the new epoch.
 */
import type { JobErrorCode } from "../../protocol/errors.ts";
import type { Language } from "../../protocol/languages.ts";
import type { OutputStream } from "../../protocol/output.ts";

export const slowTaskMs = 20;

/**
 * How many modules a cell keeps: those used last. Both ends hold a `Shelf` of them and touch it in the order of the
 * frames, so that the host knows which ones the cell still has.
 */
export const modulesKept = 8;

/** Host to cell. */
export type HostFrame =
  /** Payload: the module's bytes, kept by the cell under `cid` for the tasks that name it. */
  | { t: "module"; cid: string }
  /** Payload: the input as JSON text. */
  | { t: "run"; id: number; epoch: number; language: Language; code: string; cid: string; memoryMb: number }
  /** Makes the cell an instance of a function; answered like a task. */
  | {
      t: "load";
      id: number;
      epoch: number;
      language: Language;
      code: string;
      cid: string;
      memoryMb: number;
      env: Readonly<Record<string, string>>;
    }
  /** Calls the function that was loaded. Payload: the request as JSON text. */
  | { t: "call"; id: number; epoch: number }
  /** Answers the `ask` that the cell waits for. Payload: a `HostAnswer` as JSON text. */
  | { t: "answer" };

/** Cell to host. */
export type CellFrame =
  | { t: "ready" }
  | { t: "output"; id: number; stream: OutputStream; text: string }
  /** Asks the host and waits. Payload: the arguments as JSON text. */
  | { t: "ask"; id: number; op: string }
  /** Payload: the result's JSON text; empty when the guest returned nothing. */
  | { t: "done"; id: number; epoch: number; wallMs: number }
  | { t: "fail"; id: number; epoch: number; wallMs: number; code: JobErrorCode; message: string }
  /** The cell cannot be made clean for another task: the host replaces it. Follows `done` or `fail`. */
  | { t: "spent" }
  /** Only from a cell started to make it. Payload: the Python memory snapshot. */
  | { t: "snapshot" };

const headBytes = 8;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** What a writer has at first, and what it keeps after a frame that needed more. */
const roomBytesMin = 4 * 1024;
const roomBytesKept = 64 * 1024;
/** A text gets room for three bytes a unit, the most that there may be, unless that much is worth counting first. */
const uncountedCharsMax = 16 * 1024;

/** Writes frames behind one another into memory of its own, which costs a tenth of what an array for each would. */
export class FrameWriter {
  #room = new Uint8Array(roomBytesMin);
  #end = 0;

  /** @param payload text is written as UTF-8 */
  add(header: HostFrame | CellFrame, payload: string | Uint8Array = ""): void {
    const start = this.#end;
    this.#makeRoom(headBytes);
    this.#end += headBytes;
    const headerLength = this.#put(JSON.stringify(header));
    const payloadLength = this.#put(payload);
    const view = new DataView(this.#room.buffer, start, headBytes);
    view.setUint32(0, headerLength, true);
    view.setUint32(4, payloadLength, true);
  }

  /** Every frame since the last time, in memory that the next `add` may write over. */
  take(): Uint8Array {
    const frames = this.#room.subarray(0, this.#end);
    this.#end = 0;
    if (this.#room.length > roomBytesKept) this.#room = new Uint8Array(roomBytesMin);
    return frames;
  }

  /** @returns how many bytes it takes */
  #put(part: string | Uint8Array): number {
    if (typeof part === "string" && part.length <= uncountedCharsMax) {
      this.#makeRoom(3 * part.length);
      const { written } = encoder.encodeInto(part, this.#room.subarray(this.#end));
      this.#end += written;
      return written;
    }
    const bytes = typeof part === "string" ? encoder.encode(part) : part;
    this.#makeRoom(bytes.length);
    this.#room.set(bytes, this.#end);
    this.#end += bytes.length;
    return bytes.length;
  }

  #makeRoom(bytes: number): void {
    const wanted = this.#end + bytes;
    if (wanted <= this.#room.length) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.#room.length));
    larger.set(this.#room.subarray(0, this.#end));
    this.#room = larger;
  }
}

export interface Frame {
  /** Parsed, not yet checked: the reader knows which side it trusts. */
  header: unknown;
  /** A part of what was read: whoever keeps it copies it. */
  payload: Uint8Array;
}

/** Cuts a stream of bytes into frames. Throws a RangeError on a frame larger than `frameBytesMax`. */
export class FrameDecoder {
  readonly #frameBytesMax: number;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  /** Bytes that the frame being read needs in all, once its head is there. */
  #wanted = headBytes;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  push(chunk: Uint8Array): Frame[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    if (this.#buffered < this.#wanted) return frames;
    const bytes = this.#join();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    this.#wanted = headBytes;
    while (bytes.length - at >= headBytes) {
      const headerLength = view.getUint32(at, true);
      const payloadLength = view.getUint32(at + 4, true);
      const length = headBytes + headerLength + payloadLength;
      if (length > this.#frameBytesMax) throw new RangeError(`A frame of ${length} bytes is over the limit.`);
      if (bytes.length - at < length) {
        this.#wanted = length;
        break;
      }
      const header: unknown = JSON.parse(
        decoder.decode(bytes.subarray(at + headBytes, at + headBytes + headerLength)),
      );
      frames.push({ header, payload: bytes.subarray(at + headBytes + headerLength, at + length) });
      at += length;
    }
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#buffered = bytes.length - at;
    return frames;
  }

  #join(): Uint8Array {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1 && only) return only;
    const joined = new Uint8Array(this.#buffered);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    return joined;
  }
}
