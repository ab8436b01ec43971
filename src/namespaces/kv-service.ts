import { refuse } from "../protocol/errors.ts";
import { describeIssues } from "../protocol/issues.ts";
import { type KvBatch, type KvCallOp, type KvCallResults, kvCallSchemas } from "../protocol/kv.ts";
import { limits } from "../protocol/limits.ts";
import { jsonDepthMax } from "../stdx/bounded-json.ts";
import type { Clock } from "../stdx/clock.ts";
import { checkedJsonText, type JsonText } from "../stdx/json-text.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import { cursorAfter, nameOfCursor } from "./cursor.ts";
import type {
  KvCommand,
  KvCondition,
  KvDeleteResult,
  KvEntry,
  KvIncrementResult,
  KvResult,
  KvSetResult,
  KvStore,
} from "./kv-store.ts";

export interface KvSetOptions {
  /** Seconds. */
  readonly ttl?: number | undefined;
  readonly condition?: KvCondition | undefined;
}

export interface KvListOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface KvPage {
  readonly keys: readonly string[];
  /** For the next page; null on the last. */
  readonly cursor: string | null;
}

const callWords = { whole: "the arguments", part: "argument" };

/**
 * The database of a namespace, as the API and guests use it. Whoever calls has made sure that the namespace is theirs;
 * keys and values are checked here, whatever door they came through.
 */
export class KvService {
  readonly #store: KvStore;
  readonly #clock: Clock;

  constructor({ store, clock }: { store: KvStore; clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  async get(namespace: string, key: string): Promise<KvEntry | undefined> {
    checkKey(key);
    return this.#store.get(namespace, key);
  }

  async set(
    namespace: string,
    key: string,
    valueJson: JsonText,
    { ttl, condition }: KvSetOptions = {},
  ): Promise<KvSetResult> {
    checkKey(key);
    checkValue(key, valueJson);
    return this.#store.set(namespace, { op: "set", key, valueJson, expiresAt: this.#expiry(ttl), condition });
  }

  /** How many bytes the database takes. */
  usage(namespace: string): Promise<number> {
    return this.#store.usage(namespace);
  }

  async delete(namespace: string, key: string, condition?: KvCondition): Promise<KvDeleteResult> {
    checkKey(key);
    return this.#store.delete(namespace, { op: "delete", key, condition });
  }

  /** @param ttl seconds, for a counter that this call makes */
  async increment(namespace: string, key: string, by: number, ttl?: number): Promise<KvIncrementResult> {
    checkKey(key);
    return this.#store.increment(namespace, { op: "increment", key, by, expiresAt: this.#expiry(ttl) });
  }

  async list(namespace: string, { prefix, limit, cursor }: KvListOptions): Promise<KvPage> {
    checkPrefix(prefix);
    const after = cursor === undefined ? undefined : nameOfCursor(cursor);
    // One more than asked for tells whether another page follows.
    const found = await this.#store.list(namespace, { prefix, after, limit: limit + 1 });
    const keys = found.slice(0, limit);
    const last = keys.at(-1);
    return { keys, cursor: found.length > limit && last !== undefined ? cursorAfter(last) : null };
  }

  /** @param values the JSON texts of the operations' values, by the operations' places */
  async batch(
    namespace: string,
    ops: KvBatch["ops"],
    values: readonly (JsonText | undefined)[],
  ): Promise<readonly KvResult[]> {
    const commands = ops.map((op, index) => this.#command(op, values[index]));
    return this.#store.batch(namespace, commands);
  }

  /**
   * What a guest asks while it runs, in the namespace of its job or function and no other.
   * @param op with its arguments as they came from the guest; refused with a sentence when they are none
   */
  async call(namespace: string, op: string, args: unknown): Promise<KvCallResults[KvCallOp]> {
    if (!isKvCallOp(op)) {
      const known = Object.keys(kvCallSchemas).join(", ");
      throw refuse("invalid_request", `The database's operations are ${known}.`);
    }
    switch (op) {
      case "get": {
        const { key } = readArguments(kvCallSchemas.get, args);
        const entry = await this.get(namespace, key);
        return { value_json: entry?.valueJson ?? null, version: entry?.version ?? 0 };
      }
      case "set": {
        const { key, value_json, ttl, if_version } = readArguments(kvCallSchemas.set, args);
        const valueJson = guestJson(key, value_json);
        const { version } = await this.set(namespace, key, valueJson, { ttl, condition: if_version });
        return { version };
      }
      case "delete": {
        const { key, if_version } = readArguments(kvCallSchemas.delete, args);
        const { deleted } = await this.delete(namespace, key, if_version);
        return { deleted };
      }
      case "increment": {
        const { key, by, ttl } = readArguments(kvCallSchemas.increment, args);
        const { value, version } = await this.increment(namespace, key, by, ttl);
        return { value, version };
      }
      case "list":
        return this.list(namespace, readArguments(kvCallSchemas.list, args));
    }
  }

  #command(op: KvBatch["ops"][number], valueJson: JsonText | undefined): KvCommand {
    const { key } = op;
    checkKey(key);
    switch (op.op) {
      case "get":
        return { op: "get", key };
      case "check":
        return { op: "check", key, condition: op.version };
      case "delete":
        return { op: "delete", key, condition: op.if_version };
      case "increment":
        return { op: "increment", key, by: op.by, expiresAt: this.#expiry(op.ttl) };
      case "set": {
        if (valueJson === undefined) throw new Error("A set operation came without the text of its value.");
        checkValue(key, valueJson);
        const expiresAt = this.#expiry(op.ttl);
        return { op: "set", key, valueJson, expiresAt, condition: op.if_version };
      }
    }
  }

  #expiry(ttl: number | undefined): number | undefined {
    return ttl === undefined ? undefined : Math.ceil(this.#clock.now() + ttl * 1000);
  }
}

function isKvCallOp(op: string): op is KvCallOp {
  return Object.hasOwn(kvCallSchemas, op);
}

interface Schema<Value> {
  safeParse(
    value: unknown,
  ): { success: true; data: Value } | { success: false; error: Parameters<typeof describeIssues>[0] };
}

function readArguments<Value>(schema: Schema<Value>, args: unknown): Value {
  const read = schema.safeParse(args);
  if (read.success) return read.data;
  throw refuse("invalid_request", describeIssues(read.error, callWords));
}

/** A guest's text is put into answers as it is, so it has to be JSON whatever the guest's runtime claims. */
function guestJson(key: string, text: string): JsonText {
  // Measured before it is parsed, which costs more.
  checkValue(key, text);
  try {
    return checkedJsonText(text);
  } catch (error) {
    const fault =
      error instanceof RangeError ? `nests deeper than ${jsonDepthMax} levels` : "cannot be written as JSON";
    throw refuse("invalid_request", `The value of ${JSON.stringify(key)} ${fault}.`, { cause: error });
  }
}

function checkKey(key: string): void {
  if (key === "") throw refuse("invalid_key", "The key must not be empty.");
  checkName(key, "key");
}

function checkPrefix(prefix: string): void {
  checkName(prefix, "prefix");
}

/** Any UTF-8 may be in a key, and nothing that is not: a lone half of a surrogate pair would come back as U+FFFD. */
function checkName(name: string, what: "key" | "prefix"): void {
  if (!fitsUtf8(name, limits.kvKeyBytesMax)) {
    throw refuse("invalid_key", `The ${what} must have at most ${limits.kvKeyBytesMax} bytes in UTF-8.`, {
      details: { limit: limits.kvKeyBytesMax },
    });
  }
  if (!name.isWellFormed()) throw refuse("invalid_key", `The ${what} is not text that UTF-8 can carry.`);
}

function checkValue(key: string, text: string): void {
  if (fitsUtf8(text, limits.kvValueBytesMax)) return;
  throw refuse(
    "payload_too_large",
    `The value of ${JSON.stringify(key)} is larger than ${limits.kvValueBytesMax} bytes of JSON.`,
    { details: { limit: limits.kvValueBytesMax } },
  );
}
