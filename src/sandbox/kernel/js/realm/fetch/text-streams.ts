import { TransformStream } from "web-streams-polyfill";
import type { FetchKit, TextDecoderLike } from "./kit.ts";
import { nameClass } from "./name-class.ts";
import type { Texts } from "./text.ts";

export function makeTextStreams(texts: Texts, makeDecoder: FetchKit["makeDecoder"]) {
  class TextEncoderStream {
    readonly #pipe: TransformStream<unknown, Uint8Array>;
    constructor() {
      // Half a surrogate pair may end one chunk, its other half begin the next.
      let half = "";
      this.#pipe = new TransformStream<unknown, Uint8Array>({
        transform(chunk, controller) {
          let text = half + String(chunk);
          half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? "";
          text = text.slice(0, text.length - half.length);
          if (text !== "") controller.enqueue(texts.encode(text));
        },
        flush(controller) {
          if (half !== "") controller.enqueue(texts.encode(half));
        },
      });
    }
    get encoding(): string {
      return "utf-8";
    }
    get readable() {
      return this.#pipe.readable;
    }
    get writable() {
      return this.#pipe.writable;
    }
  }
  nameClass("TextEncoderStream", TextEncoderStream);

  class TextDecoderStream {
    readonly #decoder: TextDecoderLike;
    readonly #pipe: TransformStream<unknown, string>;
    constructor(label: unknown = "utf-8", options?: unknown) {
      const decoder = makeDecoder(label, options);
      const enqueue = (controller: { enqueue(text: string): void }, text: string) => {
        if (text !== "") controller.enqueue(text);
      };
      this.#decoder = decoder;
      this.#pipe = new TransformStream<unknown, string>({
        transform: (chunk, controller) => enqueue(controller, decoder.decode(chunk, { stream: true })),
        flush: (controller) => enqueue(controller, decoder.decode()),
      });
    }
    get encoding(): string {
      return this.#decoder.encoding;
    }
    get fatal(): boolean {
      return this.#decoder.fatal;
    }
    get ignoreBOM(): boolean {
      return this.#decoder.ignoreBOM;
    }
    get readable() {
      return this.#pipe.readable;
    }
    get writable() {
      return this.#pipe.writable;
    }
  }
  nameClass("TextDecoderStream", TextDecoderStream);
  return { TextEncoderStream, TextDecoderStream };
}
