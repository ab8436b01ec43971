import type { HostFunctions, KeyDescription, SubtleAnswer } from "../bridge.ts";
import { bytesOf, isBufferSource } from "./bytes.ts";
import { domException } from "./dom-exception.ts";
import { hostCall } from "./host-call.ts";
import {
  Bytes,
  freeze,
  hasOwn,
  isArray,
  isObject,
  keys,
  MapOf,
  mapClear,
  mapDelete,
  mapGet,
  mapSet,
  mapSize,
  PromiseOf,
  parseJson,
  push,
  setBytes,
  stringifyJson,
  TypeErrorOf,
  viewByteLength,
} from "./primordials.ts";
import type { Task } from "./task.ts";
import { finishClass } from "./web-class.ts";

interface Operation {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** What the dictionaries of WebCrypto's algorithms and of JSON Web Keys may hold. */
const fieldNames = [
  ...["name", "hash", "iv", "additionalData", "tagLength", "counter", "length", "salt", "iterations", "info"],
  ...["label", "saltLength", "namedCurve", "modulusLength", "publicExponent", "public", "context"],
  ...[
    "kty",
    "use",
    "key_ops",
    "alg",
    "ext",
    "crv",
    "x",
    "y",
    "d",
    "n",
    "e",
    "p",
    "q",
    "dp",
    "dq",
    "qi",
    "oth",
    "k",
  ],
];
const depthMax = 4;

export interface GuestSubtle {
  /** `crypto.subtle` */
  instance(): object;
  keyClass(): unknown;
  pending(): number;
  done(operation: number, answer: string, byteLength: number): void;
  end(): void;
}

export function createSubtle(host: HostFunctions, task: Task): GuestSubtle {
  const operations = new MapOf<number, Operation>();
  let lastOperation = 0;
  let made: ReturnType<typeof makeClasses> | undefined;
  const classes = () => {
    made ??= makeClasses(begin);
    return made;
  };

  function begin(method: string, args: readonly unknown[]): Promise<unknown> {
    return new PromiseOf<unknown>((resolve, reject) => {
      const request = new RequestWriter(classes().handleOf);
      const parts: unknown[] = [];
      for (let index = 0; index < args.length; index++) push(parts, request.write(args[index], 0));
      const json = stringifyJson({ method, args: parts });
      const bytes = request.bytes();
      const id = ++lastOperation;
      mapSet(operations, id, { resolve, reject });
      hostCall(() => host.subtle(id, json, bytes));
    });
  }

  const answerOf = (answer: SubtleAnswer, byteLength: number): unknown => {
    switch (answer.kind) {
      case "bytes": {
        const bytes = new Bytes(byteLength);
        hostCall(() => host.take(bytes));
        return bytes.buffer;
      }
      case "value":
        return answer.value;
      case "key":
        return classes().makeKey(answer.key);
      case "pair": {
        const { makeKey } = classes();
        return { publicKey: makeKey(answer.publicKey), privateKey: makeKey(answer.privateKey) };
      }
      case "error":
        return undefined;
    }
  };

  return {
    instance: () => classes().subtle,
    keyClass: () => classes().CryptoKey,
    pending: () => mapSize(operations) as number,
    done(id, json, byteLength) {
      const operation = mapGet(operations, id) as Operation | undefined;
      if (!operation) return;
      mapDelete(operations, id);
      task.guard(() => {
        const answer = parseJson(json) as SubtleAnswer;
        if (answer.kind !== "error") operation.resolve(answerOf(answer, byteLength));
        else if (answer.name === "TypeError") operation.reject(new TypeErrorOf(answer.message));
        else operation.reject(domException(answer.message, answer.name));
      });
    },
    end() {
      mapClear(operations);
      lastOperation = 0;
    },
  };
}

/** Turns arguments into JSON and one array of bytes beside it. */
class RequestWriter {
  readonly #handleOf: (value: unknown) => number | undefined;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(handleOf: (value: unknown) => number | undefined) {
    this.#handleOf = handleOf;
  }

  write(value: unknown, depth: number): unknown {
    if (!isObject(value) || typeof value === "function") return value;
    const handle = this.#handleOf(value);
    if (handle !== undefined) return { $key: handle };
    if (isBufferSource(value)) return { $bytes: this.#append(bytesOf(value)) };
    if (depth >= depthMax) return undefined;
    if (isArray(value)) {
      const list: unknown[] = [];
      for (let index = 0; index < value.length; index++) push(list, this.write(value[index], depth + 1));
      return list;
    }
    const fields: Record<string, unknown> = {};
    for (let index = 0; index < fieldNames.length; index++) {
      const name = fieldNames[index] as string;
      const field = (value as Record<string, unknown>)[name];
      if (field !== undefined) fields[name] = this.write(field, depth + 1);
    }
    return fields;
  }

  bytes(): Uint8Array {
    const joined = new Bytes(this.#length);
    let at = 0;
    for (let index = 0; index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index] as Uint8Array;
      setBytes(joined, chunk, at);
      at += viewByteLength(chunk) as number;
    }
    return joined;
  }

  #append(bytes: Uint8Array): [offset: number, length: number] {
    const offset = this.#length;
    const length = viewByteLength(bytes) as number;
    push(this.#chunks, bytes);
    this.#length += length;
    return [offset, length];
  }
}

type Begin = (method: string, args: readonly unknown[]) => Promise<unknown>;

function makeClasses(begin: Begin) {
  const secret = {};
  let handleOf: (value: unknown) => number | undefined = () => undefined;

  class CryptoKey {
    readonly #key: KeyDescription;
    readonly #algorithm: unknown;
    readonly #usages: unknown;

    static {
      handleOf = (value) => (isObject(value) && #key in value ? value.#key.handle : undefined);
    }

    constructor(given?: unknown, key?: KeyDescription) {
      if (given !== secret || !key) throw new TypeErrorOf("Illegal constructor");
      this.#key = key;
      this.#algorithm = revive(key.algorithm);
      this.#usages = key.usages;
    }
    get type(): string {
      return this.#key.type;
    }
    get extractable(): boolean {
      return this.#key.extractable;
    }
    get algorithm(): unknown {
      return this.#algorithm;
    }
    get usages(): unknown {
      return this.#usages;
    }
  }
  const KeyClass = finishClass("CryptoKey", CryptoKey);

  class SubtleCrypto {
    digest(algorithm: unknown, data: unknown) {
      return begin("digest", [algorithm, data]);
    }
    sign(algorithm: unknown, key: unknown, data: unknown) {
      return begin("sign", [algorithm, key, data]);
    }
    verify(algorithm: unknown, key: unknown, signature: unknown, data: unknown) {
      return begin("verify", [algorithm, key, signature, data]);
    }
    encrypt(algorithm: unknown, key: unknown, data: unknown) {
      return begin("encrypt", [algorithm, key, data]);
    }
    decrypt(algorithm: unknown, key: unknown, data: unknown) {
      return begin("decrypt", [algorithm, key, data]);
    }
    deriveBits(algorithm: unknown, key: unknown, length: unknown) {
      return begin("deriveBits", [algorithm, key, length ?? null]);
    }
    deriveKey(algorithm: unknown, key: unknown, derived: unknown, extractable: unknown, usages: unknown) {
      return begin("deriveKey", [algorithm, key, derived, !!extractable, usages]);
    }
    generateKey(algorithm: unknown, extractable: unknown, usages: unknown) {
      return begin("generateKey", [algorithm, !!extractable, usages]);
    }
    importKey(format: unknown, data: unknown, algorithm: unknown, extractable: unknown, usages: unknown) {
      return begin("importKey", [format, data, algorithm, !!extractable, usages]);
    }
    exportKey(format: unknown, key: unknown) {
      return begin("exportKey", [format, key]);
    }
    wrapKey(format: unknown, key: unknown, wrappingKey: unknown, algorithm: unknown) {
      return begin("wrapKey", [format, key, wrappingKey, algorithm]);
    }
    unwrapKey(
      format: unknown,
      wrapped: unknown,
      unwrappingKey: unknown,
      algorithm: unknown,
      unwrapped: unknown,
      extractable: unknown,
      usages: unknown,
    ) {
      return begin("unwrapKey", [
        format,
        wrapped,
        unwrappingKey,
        algorithm,
        unwrapped,
        !!extractable,
        usages,
      ]);
    }
  }
  return {
    CryptoKey: KeyClass,
    subtle: freeze(new (finishClass("SubtleCrypto", SubtleCrypto))()),
    makeKey: (key: KeyDescription) => new KeyClass(secret, key),
    handleOf,
  };
}

/** Makes byte arrays again of the lists that stand for them in JSON. */
function revive(value: unknown): unknown {
  if (!isObject(value)) return value;
  const list: unknown = (value as { $list?: unknown }).$list;
  if (isArray(list)) {
    const bytes = new Bytes(list.length);
    setBytes(bytes, list as number[]);
    return bytes;
  }
  const fields = value as Record<string, unknown>;
  const names = keys(fields);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (hasOwn(fields, name)) fields[name] = revive(fields[name]);
  }
  return fields;
}
