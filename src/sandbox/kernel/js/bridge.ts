/**
 * What crosses between the kernel and a guest's realm. Both sides pass primitives and typed arrays that were made in the
 * realm, nothing else: an object of the kernel's own realm in a guest's hands would lead it to the kernel's `Function`,
 * and from there to everything. An error is such an object too, so the realm drops whatever a host function throws and
 * throws one of its own (a guest can make any function overflow the stack).
 */

/** Lent by the kernel to a realm; called only by the prelude, directly, never through a method a guest could replace. */
export interface HostFunctions {
  write(stream: "stdout" | "stderr", text: string): void;
  /** Milliseconds since the task began. */
  now(): number;
  /** Calls `RealmBridge.fire` once, later. */
  setTimer(id: number, delayMs: number): void;
  clearTimer(id: number): void;

  /** Keeps the text's UTF-8 for `take` and returns its length. */
  encodeUtf8(text: string): number;
  /** Copies the bytes kept last into an array of exactly their length. */
  take(into: Uint8Array): void;
  /** @returns the encoding's proper name, or undefined when no decoder answers to the label */
  encodingName(label: string): string | undefined;
  /** @returns undefined when the bytes are malformed and the decoder is fatal */
  decode(encoding: string, fatal: boolean, ignoreBom: boolean, bytes: Uint8Array): string | undefined;
  /** Opens a decoder for a stream; it lives until the end of the task at most. */
  openDecoder(encoding: string, fatal: boolean, ignoreBom: boolean): number;
  decodeNext(decoder: number, bytes: Uint8Array, more: boolean): string | undefined;
  /** @returns undefined when the text is not base64 */
  atob(text: string): string | undefined;
  /** @returns undefined when a character is beyond U+00FF */
  btoa(text: string): string | undefined;

  /** @returns the parts that `urlParts` names, one a line, or undefined when it does not parse */
  parseUrl(url: string, base: string | undefined): string | undefined;
  setUrlPart(url: string, part: string, value: string): string;
  /** @returns name, value, name, value, … as JSON */
  parseQuery(query: string): string;
  /** @param json name, value, name, value, … as JSON */
  formatQuery(json: string): string;

  randomFill(bytes: Uint8Array<ArrayBuffer>): void;
  randomUuid(): string;
  /** Begins an operation of `crypto.subtle`; `RealmBridge.subtleDone` follows. The request is a `SubtleRequest`. */
  subtle(operation: number, request: string, bytes: Uint8Array): void;

  /** As `GuestIo.ask`. */
  ask(op: string, argsJson: string): string;
  /** Evaluates `realm/fetch/part.ts` in this realm. @returns its exports, which are the realm's own */
  fetchPart(): unknown;
  /**
   * Tells what came of `RealmBridge.load` or `call`, once for each.
   * @param fault undefined when it went well
   * @param text the result's JSON, if there is one, or what went wrong
   */
  answer(fault: GuestFault | undefined, text: string | undefined): void;
}

export const urlParts = [
  "href",
  "origin",
  "protocol",
  "username",
  "password",
  "host",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

export type GuestFault = "guest_error" | "result_not_json";

export type TaskState = "running" | "settled" | "failed";

/** Lent by a realm to the kernel, which calls it from a stack that holds no guest code. */
export interface RealmBridge {
  /** Runs a script; what comes of it shows in `state`. */
  start(source: string, inputJson: string): void;
  /** A timer is due. */
  fire(timer: number): void;
  /** @param answer a `SubtleAnswer`; its bytes wait in `take` */
  subtleDone(operation: number, answer: string, byteLength: number): void;
  /** A promise of this realm was rejected and nobody cares. The reason is the guest's own value, handed back unread. */
  rejected(reason: unknown): void;
  state(): TaskState;
  /** How many timers and operations the task waits for. */
  pending(): number;
  /**
   * Writes the settled value as JSON.
   * @returns whether guest code may have run, through a getter, a proxy or `toJSON`
   */
  stringify(): boolean;
  /** After `stringify`; undefined when the guest returned nothing. */
  resultJson(): string | undefined;
  failureCode(): GuestFault;
  failure(): string;
  /**
   * Loads a function. Whatever fails from now on fails alone.
   * @param script as `prepareFunction` makes it
   * @param envJson its environment, an object of strings
   */
  load(script: string, envJson: string): void;
  /** Calls the function that was loaded. */
  call(requestJson: string): void;
  /** How many timers and operations may yet run something of a function's. */
  underway(): number;
  /** How much work the function asked to be waited for, and has not ended. */
  awaited(): number;
  /**
   * Ends the task and proves that it left no trace.
   * @returns false when the realm must not serve again
   */
  clean(): boolean;
  /** The text of the proof, to be given to `install` of later realms, which then needn't write it again. */
  proofSource(): string;
}

/**
 * What the prelude evaluates to.
 * @param isShared the kernel itself lives in this realm, so `clean` puts back what it finds changed
 */
export type Install = (
  host: HostFunctions,
  proof: ProofFactory | undefined,
  isShared: boolean,
) => RealmBridge;

/** The proof's text, evaluated in the realm. See `realm/purity.ts`. */
export type ProofFactory = (stock: Stock) => () => boolean;

/** What the open objects of a realm looked like when it was new, and the means to look again. */
export interface Stock {
  objects: readonly object[];
  /** Of every property that is compared, in order. */
  values: readonly unknown[];
  /** Every key that is a symbol, in order. */
  symbols: readonly symbol[];
  /** One for each object. */
  prototypes: readonly unknown[];
  symbolsOf(target: object): readonly symbol[];
  keys(target: object): readonly string[];
  getPrototypeOf(target: object): object | null;
  isExtensible(target: object): boolean;
  hasOwn(target: object, key: PropertyKey): boolean;
  isEnumerable(target: object, key: PropertyKey): boolean;
}

/** Bytes in a request lie in one array beside it. */
export interface ByteRange {
  $bytes: readonly [offset: number, length: number];
}

export interface SubtleRequest {
  method: string;
  /** As WebCrypto has them; keys are `{ $key: handle }`, bytes are `ByteRange`s. */
  args: readonly unknown[];
}

export interface KeyDescription {
  handle: number;
  type: string;
  extractable: boolean;
  /** Bytes are `{ $list: number[] }`. */
  algorithm: unknown;
  usages: readonly string[];
}

export type SubtleAnswer =
  | { kind: "bytes" }
  | { kind: "value"; value: unknown }
  | { kind: "key"; key: KeyDescription }
  | { kind: "pair"; publicKey: KeyDescription; privateKey: KeyDescription }
  | { kind: "error"; name: string; message: string };
