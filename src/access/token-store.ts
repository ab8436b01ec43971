import type { TokenId, TokenRecord } from "./token.ts";

/** Where tokens are kept. What is resolved survives `kill -9` and power loss. */
export interface TokenStore {
  insert(token: TokenRecord): Promise<void>;
  find(hash: Uint8Array): Promise<TokenRecord | undefined>;
  /** Oldest first. */
  all(): Promise<readonly TokenRecord[]>;
  /** @returns whether there was one */
  delete(id: TokenId): Promise<boolean>;
  /** Notes when tokens were last used (milliseconds since the Unix epoch). */
  used(times: ReadonlyMap<TokenId, number>): Promise<void>;
}
