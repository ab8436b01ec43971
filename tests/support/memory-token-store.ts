import type { TokenId, TokenRecord } from "../../src/access/token.ts";
import type { TokenStore } from "../../src/access/token-store.ts";

/** Tokens in memory. */
export class MemoryTokenStore implements TokenStore {
  readonly records = new Map<TokenId, TokenRecord>();

  async insert(token: TokenRecord): Promise<void> {
    this.records.set(token.id, token);
  }

  async find(hash: Uint8Array): Promise<TokenRecord | undefined> {
    return [...this.records.values()].find((token) => Buffer.compare(token.hash, hash) === 0);
  }

  async all(): Promise<readonly TokenRecord[]> {
    return [...this.records.values()];
  }

  async delete(id: TokenId): Promise<boolean> {
    return this.records.delete(id);
  }

  async used(times: ReadonlyMap<TokenId, number>): Promise<void> {
    for (const [id, lastUsedAt] of times) {
      const token = this.records.get(id);
      if (token) this.records.set(id, { ...token, lastUsedAt });
    }
  }
}
