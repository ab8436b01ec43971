import { hash, randomBytes } from "node:crypto";
import { tokenPrefix } from "../protocol/access.ts";
import type { Id } from "../stdx/ids.ts";

/** Names a token without being one. */
export type TokenId = Id<"token">;

const secretBytes = 32;

/** What is kept of a token: never the token itself. Instants are milliseconds since the Unix epoch. */
export interface TokenRecord {
  readonly id: TokenId;
  readonly name: string;
  /** SHA-256 of the token's text. A random text of 256 bits needs no slower one. */
  readonly hash: Uint8Array;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  /** Undefined: never. */
  readonly expiresAt: number | undefined;
  /** Undefined: not yet. */
  readonly lastUsedAt: number | undefined;
}

export function newTokenText(): string {
  return tokenPrefix + randomBytes(secretBytes).toString("base64url");
}

export function hashOfToken(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
