import type { Json } from "../protocol/json.ts";
import type { KvBatchResultView, KvEntryView, KvList, KvOperation, KvStored } from "../protocol/kv.ts";
import { hasCode, ZerverlessError } from "./error.ts";
import type { CallOptions, Transport } from "./transport.ts";

export interface PutOptions extends CallOptions {
  /** Seconds until the value is gone. */
  readonly ttl?: number | undefined;
  /** Writes only if the value has this version now; 0 stands for no value. Throws with `version_mismatch` otherwise. */
  readonly ifVersion?: number | undefined;
}

export interface DeleteOptions extends CallOptions {
  /** Deletes only if the value has this version now. Throws with `version_mismatch` otherwise. */
  readonly ifVersion?: number | undefined;
}

export interface KeyQuery {
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** One namespace's database of keys and JSON values. */
export class Database {
  readonly #transport: Transport;
  readonly #path: string;

  constructor(transport: Transport, namespace: string) {
    this.#transport = transport;
    this.#path = `/api/db/${encodeURIComponent(namespace)}`;
  }

  /** Undefined when the key has no value. */
  async get(key: string, options: CallOptions = {}): Promise<KvEntryView | undefined> {
    try {
      return await this.#transport.json<KvEntryView>("GET", this.#pathOf(key), options);
    } catch (error) {
      if (hasCode(error, "key_not_found")) return undefined;
      throw error;
    }
  }

  /** What `get` answers as the text it came as: there every digit of a value stands as it was written. */
  async getText(key: string, options: CallOptions = {}): Promise<string | undefined> {
    try {
      const response = await this.#transport.send("GET", this.#pathOf(key), options);
      return await response.text();
    } catch (error) {
      if (hasCode(error, "key_not_found")) return undefined;
      throw error;
    }
  }

  put(key: string, value: Json, options: PutOptions = {}): Promise<KvStored> {
    return this.putText(key, JSON.stringify(value), options);
  }

  /** As `put`. @param json the value as it is to be kept */
  putText(key: string, json: string, options: PutOptions = {}): Promise<KvStored> {
    const { ttl, ifVersion, signal } = options;
    const lifeTime = ttl === undefined ? "" : `,"ttl":${ttl}`;
    return this.#transport.json("PUT", this.#pathOf(key), {
      signal,
      body: `{"value":${json}${lifeTime}}`,
      headers: { "content-type": "application/json", ...conditionOf(ifVersion) },
      // A write that depends on a version would be refused the second time.
      repeatable: ifVersion === undefined,
    });
  }

  /** @returns false when there was nothing to delete */
  async delete(key: string, options: DeleteOptions = {}): Promise<boolean> {
    const { ifVersion, signal } = options;
    try {
      const headers = conditionOf(ifVersion);
      await this.#transport.send("DELETE", this.#pathOf(key), { signal, headers });
      return true;
    } catch (error) {
      if (hasCode(error, "key_not_found")) return false;
      throw error;
    }
  }

  /** A page of keys in order; `cursor` is null at the end. */
  list({ prefix, limit, cursor }: KeyQuery = {}, options: CallOptions = {}): Promise<KvList> {
    const query = { prefix, limit, cursor };
    return this.#transport.json("GET", `${this.#path}/`, { ...options, query });
  }

  /** Every key that begins with the prefix, in order, page by page. */
  async *keys(prefix = "", options: CallOptions = {}): AsyncGenerator<string, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.list({ prefix, cursor, limit: 1000 }, options);
      yield* page.keys;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** All of it happens, or nothing; results come in the order of the operations. */
  async batch(ops: readonly KvOperation[], options: CallOptions = {}): Promise<KvBatchResultView[]> {
    const sending = { ...options, json: { ops } };
    const answer = await this.#transport.json<{ results: KvBatchResultView[] }>("POST", this.#path, sending);
    return answer.results;
  }

  #pathOf(key: string): string {
    // URLs cannot say them: they are taken for steps up the path.
    if (key === "." || key === "..") {
      throw new ZerverlessError("invalid_key", `The key ${key} can be reached by a batch alone.`, {
        status: 0,
      });
    }
    return `${this.#path}/${encodeURIComponent(key)}`;
  }
}

function conditionOf(version: number | undefined): Record<string, string> {
  if (version === undefined) return {};
  return version === 0 ? { "if-none-match": "*" } : { "if-match": `"${version}"` };
}
