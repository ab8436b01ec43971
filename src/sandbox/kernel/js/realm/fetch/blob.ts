import { ReadableStream } from "web-streams-polyfill";
import { bytesOf, isBufferSource } from "../bytes.ts";
import { isObject } from "../primordials.ts";
import { nameClass } from "./name-class.ts";
import { joinBytes, type Texts } from "./text.ts";

/** Reads a blob's bytes without copying; undefined for what is no blob. */
let read: ((value: object) => Uint8Array<ArrayBuffer> | undefined) | undefined;

export const blobBytes = (value: unknown): Uint8Array<ArrayBuffer> | undefined =>
  isObject(value) ? read?.(value) : undefined;

/** A stream of bytes that are there already. */
export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      // A copy: the stream takes the buffer away from whoever enqueues it.
      if (bytes.length > 0) controller.enqueue(bytes.slice());
      controller.close();
    },
  });
}

/** Types are ASCII in lower case; anything else is none. */
const typeOf = (type: unknown): string => {
  const text = type === undefined ? "" : `${type}`;
  return /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : "";
};

const field = (options: unknown, name: string): unknown =>
  isObject(options) ? (options as Record<string, unknown>)[name] : undefined;

export function makeBlobs(texts: Texts) {
  const bytesOfPart = (part: unknown): Uint8Array =>
    blobBytes(part) ?? (isBufferSource(part) ? bytesOf(part).slice() : texts.encode(`${part}`));

  class Blob {
    #bytes: Uint8Array<ArrayBuffer>;
    readonly #type: string;

    static {
      read = (value) => (#bytes in value ? value.#bytes : undefined);
    }

    constructor(parts?: unknown, options?: unknown) {
      if (parts !== undefined && !(isObject(parts) && Symbol.iterator in parts)) {
        throw new TypeError("A Blob is made of a list of parts.");
      }
      const list = parts === undefined ? [] : [...(parts as Iterable<unknown>)];
      this.#bytes = joinBytes(list.map(bytesOfPart));
      this.#type = typeOf(field(options, "type"));
    }
    get size(): number {
      return this.#bytes.length;
    }
    get type(): string {
      return this.#type;
    }
    slice(start = 0, end = this.size, type: unknown = ""): Blob {
      const part = new Blob([], { type });
      part.#bytes = this.#bytes.slice(start, end);
      return part;
    }
    async arrayBuffer(): Promise<ArrayBuffer> {
      return this.#bytes.slice().buffer;
    }
    async bytes(): Promise<Uint8Array> {
      return this.#bytes.slice();
    }
    async text(): Promise<string> {
      return texts.decode(this.#bytes);
    }
    stream(): ReadableStream<Uint8Array> {
      return streamOf(this.#bytes);
    }
  }
  nameClass("Blob", Blob);

  class File extends Blob {
    readonly #name: string;
    readonly #lastModified: number;
    constructor(parts: unknown, name: unknown, options?: unknown) {
      super(parts, options);
      this.#name = `${name}`;
      this.#lastModified = Number(field(options, "lastModified") ?? Date.now());
    }
    get name(): string {
      return this.#name;
    }
    get lastModified(): number {
      return this.#lastModified;
    }
    get webkitRelativePath(): string {
      return "";
    }
  }
  nameClass("File", File);
  return { Blob, File };
}

export type Blobs = ReturnType<typeof makeBlobs>;
