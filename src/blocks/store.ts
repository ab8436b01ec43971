import type { Cid } from "../stdx/ids.ts";

/** Bytes by content. CIDs are version 1, codec raw, SHA-256, in base32. */
export interface BlockStore {
  /** Durable when resolved. Storing the same bytes again changes nothing. */
  put(bytes: Uint8Array): Promise<Cid>;
  has(cid: Cid): Promise<boolean>;
  /** The bytes, whose hash was checked against the CID; undefined when not held. */
  get(cid: Cid): Promise<Uint8Array | undefined>;
}
