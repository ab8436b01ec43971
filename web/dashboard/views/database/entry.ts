import { checkedJsonText, memberText } from "../../../../src/stdx/json-text.ts";

/** A key's value as its author wrote it. */
export interface Entry {
  /** JSON. Numbers that a double cannot hold have all their digits. */
  readonly json: string;
  readonly version: number;
  /** ISO 8601; undefined for a value that stays. */
  readonly expiresAt: string | undefined;
}

/** @param answer what `GET /api/db/{namespace}/{key}` answered */
export function entryOf(answer: string): Entry {
  const json = memberText(checkedJsonText(answer), "value");
  const { version, expires_at } = JSON.parse(answer) as { version: number; expires_at?: string };
  if (json === undefined) throw new Error("The orchestrator's answer has no value.");
  return { json, version, expiresAt: expires_at };
}
