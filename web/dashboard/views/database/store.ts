import { hasCode } from "../../../../src/client/index.ts";
import { client } from "../../data/session.ts";
import { type Entry, entryOf } from "./entry.ts";

/** Undefined when the key has no value. */
export async function readEntry(
  namespace: string,
  key: string,
  signal?: AbortSignal,
): Promise<Entry | undefined> {
  const answer = await client.kv(namespace).getText(key, { signal });
  return answer === undefined ? undefined : entryOf(answer);
}

export interface Write {
  readonly namespace: string;
  readonly key: string;
  readonly json: string;
  /** Seconds; undefined for a value that stays. */
  readonly ttl: number | undefined;
  /** What the value must be now; 0 for nothing. */
  readonly ifVersion: number;
}

export type WriteOutcome =
  | { readonly kind: "written" }
  /** Somebody was faster: what is there now, undefined for nothing. */
  | { readonly kind: "conflict"; readonly theirs: Entry | undefined };

/** Writes a value, unless it is another one by now than the one that was edited. */
export async function writeEntry({ namespace, key, json, ttl, ifVersion }: Write): Promise<WriteOutcome> {
  try {
    await client.kv(namespace).putText(key, json, { ttl, ifVersion });
    return { kind: "written" };
  } catch (error) {
    if (!hasCode(error, "version_mismatch")) throw error;
    return { kind: "conflict", theirs: await readEntry(namespace, key) };
  }
}
