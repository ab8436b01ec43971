import type { HostFunctions } from "../bridge.ts";
import { bytesOf } from "./bytes.ts";
import { domException } from "./dom-exception.ts";
import { hostCall } from "./host-call.ts";
import {
  Bytes,
  charCodeAt,
  isObject,
  RangeErrorOf,
  setBytes,
  sliceText,
  TypeErrorOf,
  toWellFormed,
  viewByteLength,
  viewKind,
} from "./primordials.ts";
import { finishClass } from "./web-class.ts";

const none = new Bytes(0);

function encode(host: HostFunctions, text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Bytes(hostCall(() => host.encodeUtf8(text)));
  hostCall(() => host.take(bytes));
  return bytes;
}

/** How much of a text fits into so many bytes of UTF-8, in UTF-16 units; no character is cut in two. */
function unitsThatFit(text: string, capacity: number): number {
  let bytes = 0;
  let index = 0;
  while (index < text.length) {
    const code = charCodeAt(text, index);
    const isPair = code >= 0xd800 && code < 0xdc00;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : isPair ? 4 : 3;
    if (bytes + size > capacity) break;
    bytes += size;
    index += isPair ? 2 : 1;
  }
  return index;
}

export function makeTextEncoder(host: HostFunctions) {
  class TextEncoder {
    get encoding(): string {
      return "utf-8";
    }
    encode(text: unknown = ""): Uint8Array {
      return encode(host, `${text}`);
    }
    encodeInto(text: unknown, into: unknown): { read: number; written: number } {
      const source = toWellFormed(`${text}`);
      if (viewKind(into) !== "Uint8Array")
        throw new TypeErrorOf("TextEncoder.encodeInto writes to a Uint8Array.");
      const target = into as Uint8Array;
      const read = unitsThatFit(source, viewByteLength(target) as number);
      const bytes = encode(host, sliceText(source, 0, read));
      setBytes(target, bytes);
      return { read, written: viewByteLength(bytes) as number };
    }
  }
  return finishClass("TextEncoder", TextEncoder);
}

export function makeTextDecoder(host: HostFunctions) {
  class TextDecoder {
    readonly #encoding: string;
    readonly #fatal: boolean;
    readonly #ignoreBom: boolean;
    /** The host's decoder in the middle of a stream; 0 between streams. */
    #open = 0;

    constructor(label: unknown = "utf-8", options?: unknown) {
      const text = `${label}`;
      const encoding = hostCall(() => host.encodingName(text));
      if (encoding === undefined) throw new RangeErrorOf(`The encoding '${text}' is not known.`);
      const { fatal, ignoreBOM } = (isObject(options) ? options : {}) as {
        fatal?: unknown;
        ignoreBOM?: unknown;
      };
      this.#encoding = encoding;
      this.#fatal = !!fatal;
      this.#ignoreBom = !!ignoreBOM;
    }
    get encoding(): string {
      return this.#encoding;
    }
    get fatal(): boolean {
      return this.#fatal;
    }
    get ignoreBOM(): boolean {
      return this.#ignoreBom;
    }
    decode(input?: unknown, options?: unknown): string {
      const bytes = input === undefined ? none : bytesOf(input);
      const more = isObject(options) && !!(options as { stream?: unknown }).stream;
      const encoding = this.#encoding;
      const fatal = this.#fatal;
      const ignoreBom = this.#ignoreBom;
      let text: string | undefined;
      if (more || this.#open > 0) {
        this.#open ||= hostCall(() => host.openDecoder(encoding, fatal, ignoreBom));
        const decoder = this.#open;
        if (!more) this.#open = 0;
        text = hostCall(() => host.decodeNext(decoder, bytes, more));
      } else {
        text = hostCall(() => host.decode(encoding, fatal, ignoreBom, bytes));
      }
      if (text === undefined) throw new TypeErrorOf(`The bytes are not valid ${encoding}.`);
      return text;
    }
  }
  return finishClass("TextDecoder", TextDecoder);
}

export function makeBase64(host: HostFunctions) {
  return {
    atob(this: unknown, data: unknown): string {
      const text = `${data}`;
      const decoded = hostCall(() => host.atob(text));
      if (decoded === undefined) throw domException("The text is not base64.", "InvalidCharacterError");
      return decoded;
    },
    btoa(this: unknown, data: unknown): string {
      const text = `${data}`;
      const encoded = hostCall(() => host.btoa(text));
      if (encoded === undefined) {
        throw domException("The text has characters beyond U+00FF.", "InvalidCharacterError");
      }
      return encoded;
    },
  };
}
