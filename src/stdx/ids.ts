declare const brand: unique symbol;

/** A string that only its maker may call an id of kind `Kind`. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const pool = new Uint8Array(10 * 256);
let poolAt = pool.length;

/**
 * A UUID version 7 (RFC 9562): sorts by its millisecond of birth, unguessable in its 74 random bits.
 * @param nowMs milliseconds since the Unix epoch
 */
export function uuidv7(nowMs: number): string {
  if (poolAt === pool.length) {
    crypto.getRandomValues(pool);
    poolAt = 0;
  }
  const random = (offset: number) => pool[poolAt + offset] ?? 0;
  const high = Math.floor(nowMs / 0x1_0000_0000);
  const low = nowMs % 0x1_0000_0000;
  const h = (byte: number) => hex[byte & 0xff] as string;
  const id =
    `${h(high >>> 8)}${h(high)}${h(low >>> 24)}${h(low >>> 16)}-${h(low >>> 8)}${h(low)}-` +
    `${h(0x70 | (random(0) & 0x0f))}${h(random(1))}-${h(0x80 | (random(2) & 0x3f))}${h(random(3))}-` +
    `${h(random(4))}${h(random(5))}${h(random(6))}${h(random(7))}${h(random(8))}${h(random(9))}`;
  poolAt += 10;
  return id;
}

export type JobId = Id<"job">;
export type VolunteerId = Id<"volunteer">;
/** A content identifier (CIDv1, base32) of a block. */
export type Cid = Id<"cid">;
