import { ByteCache } from "../stdx/byte-cache.ts";
import type { JobId } from "../stdx/ids.ts";
import type { JobPayload } from "./job.ts";
import type { JobStore } from "./store.ts";

const bytesMaxDefault = 64 * 1024 * 1024;
/** What an entry costs besides its text. */
const entryBytes = 256;

/** Payloads on their way to a volunteer: a cache, bounded in bytes, in front of the store. */
export class PayloadCache {
  readonly #store: Pick<JobStore, "payload">;
  readonly #cache: ByteCache<JobId, JobPayload>;

  constructor(store: Pick<JobStore, "payload">, bytesMax: number = bytesMaxDefault) {
    this.#store = store;
    this.#cache = new ByteCache(bytesMax);
  }

  keep(id: JobId, payload: JobPayload): void {
    // V8 holds text with two bytes a unit at worst.
    const units = (payload.code?.length ?? 0) + payload.inputJson.length;
    this.#cache.set(id, payload, entryBytes + 2 * units);
  }

  /** Undefined when it has to be loaded. */
  cached(id: JobId): JobPayload | undefined {
    return this.#cache.get(id);
  }

  /** From the cache or the store; undefined when the store has no such job. */
  async load(id: JobId): Promise<JobPayload | undefined> {
    return this.#cache.get(id) ?? (await this.#store.payload(id));
  }

  drop(id: JobId): void {
    this.#cache.delete(id);
  }
}
