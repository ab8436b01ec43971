import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as digest from "multiformats/hashes/digest";
import type { Cid } from "../stdx/ids.ts";

/** SHA-256 in the multicodec table. */
const sha256 = 0x12;
const sha256Bytes = 32;

/** The name of these bytes: CIDv1, codec raw, SHA-256, in base32. Hashing happens off the event loop. */
export async function cidOf(bytes: Uint8Array): Promise<Cid> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", unshared(bytes)));
  const text = CID.createV1(raw.code, digest.create(sha256, hash)).toString();
  // Made in the only form that the brand stands for.
  return text as Cid;
}

/** True for a CID in the form that `cidOf` answers, which is also safe as a file's name; equal blocks have no other. */
export function isCid(text: string): text is Cid {
  try {
    const cid = CID.parse(text);
    return (
      cid.version === 1 &&
      cid.code === raw.code &&
      cid.multihash.code === sha256 &&
      cid.multihash.size === sha256Bytes &&
      cid.toString() === text
    );
  } catch {
    return false;
  }
}

/** True when these are the bytes that `cid` names. */
export async function matchesCid(bytes: Uint8Array, cid: Cid): Promise<boolean> {
  return (await cidOf(bytes)) === cid;
}

/** Web Crypto refuses shared memory, so such bytes are copied. */
function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isUnshared(bytes) ? bytes : new Uint8Array(bytes);
}

function isUnshared(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}
