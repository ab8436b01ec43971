/**
 * All of the world that kernel code may see beside the language itself: web standards that a Deno process and a Web
 * Worker both have. Declared narrowly, by what is used, so that anything else does not compile.
 */

declare function setTimeout(callback: () => void, delayMs?: number): number;
declare function clearTimeout(id: number | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare function atob(data: string): string;
declare function btoa(data: string): string;

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  readonly encoding: string;
  decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
}

declare const performance: { now(): number; readonly timeOrigin: number };

declare class URL {
  constructor(url: string, base?: string);
  href: string;
  readonly origin: string;
  protocol: string;
  username: string;
  password: string;
  host: string;
  hostname: string;
  port: string;
  pathname: string;
  search: string;
  hash: string;
}

declare class URLSearchParams {
  constructor(init?: string | readonly (readonly [string, string])[]);
  toString(): string;
  forEach(callback: (value: string, name: string) => void): void;
}

/** Opaque: only `crypto.subtle` reads it. */
interface CryptoKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: unknown;
  readonly usages: readonly string[];
}

/** Its arguments come from guests as they are. */
interface SubtleCrypto {
  digest(...args: never[]): Promise<unknown>;
  sign(...args: never[]): Promise<unknown>;
  verify(...args: never[]): Promise<unknown>;
  encrypt(...args: never[]): Promise<unknown>;
  decrypt(...args: never[]): Promise<unknown>;
  deriveBits(...args: never[]): Promise<unknown>;
  deriveKey(...args: never[]): Promise<unknown>;
  generateKey(...args: never[]): Promise<unknown>;
  importKey(...args: never[]): Promise<unknown>;
  exportKey(...args: never[]): Promise<unknown>;
  wrapKey(...args: never[]): Promise<unknown>;
  unwrapKey(...args: never[]): Promise<unknown>;
}

declare const crypto: {
  getRandomValues<Bytes extends ArrayBufferView>(into: Bytes): Bytes;
  randomUUID(): string;
  readonly subtle: SubtleCrypto;
};
