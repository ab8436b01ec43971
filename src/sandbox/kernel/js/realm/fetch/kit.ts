import type { HostFunctions } from "../../bridge.ts";

/** An object of the prelude's class, as far as this part uses it. */
export interface TextDecoderLike {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  decode(bytes?: unknown, options?: { stream: boolean }): string;
}

/**
 * What the prelude lends to this part, which is evaluated when a guest first looks at one of its classes. Unlike the
 * prelude the part uses the language as it finds it: what a guest has changed it has changed for itself, since a realm
 * that has this part serves nobody else.
 */
export interface FetchKit {
  readonly host: HostFunctions;
  /** @returns a URL as it is written properly; throws a TypeError for what is none */
  url(url: string): string;
  /** Whether a value is a `URLSearchParams`. */
  isQuery(value: unknown): boolean;
  neverAborted(): object;
  randomUuid(): string;
  makeDecoder(label: unknown, options: unknown): TextDecoderLike;
}

/** The part's exports. */
export interface FetchPart {
  createFetch(kit: FetchKit): Fetch;
}

export interface Fetch {
  /** By their global names. */
  readonly classes: Readonly<Record<string, unknown>>;
  isResponse(value: unknown): boolean;
  /** @param given a `FunctionRequest` */
  requestOf(given: unknown): object;
  /**
   * The `FunctionResponse` that says what a `Response` does; a promise when its body has to be read from a stream. Throws
   * for what is no `Response`.
   */
  answerOf(response: unknown): unknown;
}

/** The classes that this part brings; the prelude makes globals of them without evaluating it. */
export const fetchNames = [
  "Headers",
  "Request",
  "Response",
  "Blob",
  "File",
  "FormData",
  "ReadableStream",
  "ReadableStreamDefaultReader",
  "ReadableStreamBYOBReader",
  "ReadableStreamDefaultController",
  "ReadableByteStreamController",
  "ReadableStreamBYOBRequest",
  "WritableStream",
  "WritableStreamDefaultWriter",
  "WritableStreamDefaultController",
  "TransformStream",
  "TransformStreamDefaultController",
  "ByteLengthQueuingStrategy",
  "CountQueuingStrategy",
  "TextEncoderStream",
  "TextDecoderStream",
] as const;
