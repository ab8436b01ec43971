import type { JobStore } from "./store.ts";

/** Payloads on their way to a volunteer: a cache, bounded in bytes, in front of the store. */
export declare class PayloadCache {
  constructor(store: Pick<JobStore, "payload">, bytesMax: number);
}
