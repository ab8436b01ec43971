import type { KeyDescription, SubtleAnswer, SubtleRequest } from "./bridge.ts";
import type { PlainHost } from "./host-functions.ts";

type Done = (operation: number, answer: string, byteLength: number) => void;
type Arguments = readonly unknown[];

const noBytes = new Uint8Array(0);

/** The host's half of `crypto.subtle`: keys stay here and the realm holds their numbers. */
export class SubtleHost {
  readonly #plain: PlainHost;
  readonly #done: Done;
  #keys = new Map<number, CryptoKey>();
  #lastKey = 0;

  /** @param done is called for each operation begun, unless the task has ended before */
  constructor(plain: PlainHost, done: Done) {
    this.#plain = plain;
    this.#done = done;
  }

  begin(operation: number, request: string, bytes: Uint8Array): void {
    // A copy: the guest may write to its arrays while the operation runs.
    const own = new Uint8Array(bytes);
    const keys = this.#keys;
    this.#perform(request, own).then(
      (answer) => this.#answer(operation, answer, keys),
      (error: unknown) => this.#answer(operation, { kind: "error", ...describe(error) }, keys),
    );
  }

  /** Forgets the keys of the task that ends, and what it has under way. */
  end(): void {
    this.#keys = new Map();
    this.#lastKey = 0;
  }

  #answer(
    operation: number,
    answer: SubtleAnswer & { bytes?: Uint8Array },
    keys: Map<number, CryptoKey>,
  ): void {
    if (keys !== this.#keys) return;
    const { bytes = noBytes, ...rest } = answer;
    this.#plain.keep(bytes);
    this.#done(operation, JSON.stringify(rest), bytes.length);
  }

  async #perform(request: string, bytes: Uint8Array): Promise<SubtleAnswer & { bytes?: Uint8Array }> {
    // The prelude wrote it; a guest that broke the prelude gets an error and no more.
    const { method, args } = JSON.parse(request) as SubtleRequest;
    const given = args.map((value) => this.#revive(value, bytes));
    return this.#describe(await invoke(method, given));
  }

  /** Puts keys and bytes back in place of what stands for them. */
  #revive(value: unknown, bytes: Uint8Array): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#revive(item, bytes));
    if ("$key" in value) return this.#keys.get(Number(value.$key));
    if ("$bytes" in value && Array.isArray(value.$bytes)) {
      const [offset, length] = value.$bytes.map(Number);
      return bytes.subarray(offset ?? 0, (offset ?? 0) + (length ?? 0));
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, this.#revive(field, bytes)]),
    );
  }

  #describe(result: unknown): SubtleAnswer & { bytes?: Uint8Array } {
    if (result instanceof ArrayBuffer) return { kind: "bytes", bytes: new Uint8Array(result) };
    if (isPair(result)) {
      return {
        kind: "pair",
        publicKey: this.#hold(result.publicKey),
        privateKey: this.#hold(result.privateKey),
      };
    }
    if (isKey(result)) return { kind: "key", key: this.#hold(result) };
    return { kind: "value", value: result };
  }

  #hold(key: CryptoKey): KeyDescription {
    const handle = ++this.#lastKey;
    this.#keys.set(handle, key);
    const { type, extractable, algorithm, usages } = key;
    return { handle, type, extractable, algorithm: plain(algorithm), usages: [...usages] };
  }
}

const isPair = (value: unknown): value is { publicKey: CryptoKey; privateKey: CryptoKey } =>
  typeof value === "object" && value !== null && "publicKey" in value && "privateKey" in value;

const isKey = (value: unknown): value is CryptoKey =>
  typeof value === "object" && value !== null && "usages" in value && "algorithm" in value;

/** An algorithm as JSON can carry it. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $list: [...value] };
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

/** Any of the methods with arguments as they came: WebCrypto checks them better than could be done here. */
async function invoke(method: string, args: Arguments): Promise<unknown> {
  const { subtle } = crypto;
  const operations: Readonly<Record<string, (...args: never[]) => Promise<unknown>>> = {
    digest: subtle.digest,
    sign: subtle.sign,
    verify: subtle.verify,
    encrypt: subtle.encrypt,
    decrypt: subtle.decrypt,
    deriveBits: subtle.deriveBits,
    deriveKey: subtle.deriveKey,
    generateKey: subtle.generateKey,
    importKey: subtle.importKey,
    exportKey: subtle.exportKey,
    wrapKey: subtle.wrapKey,
    unwrapKey: subtle.unwrapKey,
  };
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined;
  if (!operation) throw new TypeError(`crypto.subtle has no ${method}.`);
  return await Reflect.apply(operation, subtle, args);
}

function describe(error: unknown): { name: string; message: string } {
  if (typeof error === "object" && error !== null && "name" in error && "message" in error) {
    return { name: String(error.name), message: String(error.message) };
  }
  return { name: "OperationError", message: String(error) };
}
