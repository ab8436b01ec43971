import { timingSafeEqual } from "node:crypto";
import { accessLimits } from "../protocol/access.ts";
import { refuse } from "../protocol/errors.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { uuidv7 } from "../stdx/ids.ts";
import type { Log } from "../stdx/log.ts";
import { Scopes } from "./scopes.ts";
import { hashOfToken, newTokenText, type TokenId, type TokenRecord } from "./token.ts";
import type { TokenStore } from "./token-store.ts";

/** How often it is written down when tokens were last used. */
const noteMs = 60_000;
/** Timers take no longer spans. */
const timerMsMax = 2 ** 31 - 1;
const adminTokenId = "ADMIN_TOKEN" as TokenId;

/** A token that is known here. */
export interface Token {
  readonly record: TokenRecord;
  readonly scopes: Scopes;
}

class HeldToken implements Token {
  readonly record: TokenRecord;
  readonly scopes: Scopes;
  lastUsedAt: number | undefined;
  /** What is to end with it. */
  readonly ends = new Set<() => void>();
  timer: Timer | undefined;

  constructor(record: TokenRecord) {
    this.record = record;
    this.scopes = new Scopes(record.scopes);
    this.lastUsedAt = record.lastUsedAt;
  }
}

export interface TokensParts {
  readonly store: TokenStore;
  readonly clock: Clock;
  readonly log: Log;
  /** ADMIN_TOKEN; undefined when there is none. */
  readonly adminToken: string | undefined;
}

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Undefined: for ever. */
  readonly spanMs: number | undefined;
}

/**
 * The tokens that there are, all in memory: a request costs one hash and one look-up. Invariant: from the moment that a
 * token is revoked or has expired, nothing is let in with it, and what it had opened (streams, sockets) is closed.
 */
export class Tokens implements AsyncDisposable {
  readonly #parts: TokensParts;
  /** By the beginning of their hash: an index, not a comparison. */
  readonly #held = new Map<string, HeldToken>();
  readonly #byId = new Map<TokenId, HeldToken>();
  /** So that a look-up that was under way cannot bring one back. */
  readonly #revoked = new Set<TokenId>();
  readonly #used = new Set<HeldToken>();
  #noting: Timer | undefined;

  constructor(parts: TokensParts) {
    this.#parts = parts;
    const { adminToken, clock } = parts;
    if (adminToken === undefined) return;
    const hash = hashOfToken(adminToken);
    const common = { createdAt: clock.now(), expiresAt: undefined, lastUsedAt: undefined };
    this.#hold({ id: adminTokenId, name: "ADMIN_TOKEN", hash, scopes: ["admin"], ...common });
  }

  /** Reads what the store has. Call once, before the doors open. */
  async recover(): Promise<void> {
    for (const record of await this.#parts.store.all()) this.#hold(record);
  }

  /** Whether somebody can be let in as an administrator. */
  get hasAdmin(): boolean {
    for (const token of this.#byId.values()) if (token.scopes.admin && !this.#isOver(token)) return true;
    return false;
  }

  /** The token that this text is, if it is in force. */
  known(text: string): Token | undefined {
    if (text.length > accessLimits.tokenLengthMax) return undefined;
    const hash = hashOfToken(text);
    return this.#inForce(this.#held.get(keyOf(hash)), hash);
  }

  /** The same for one that another process may have made since, such as `zerverless token create`. */
  async lookUp(text: string): Promise<Token | undefined> {
    if (text.length > accessLimits.tokenLengthMax) return undefined;
    const hash = hashOfToken(text);
    const record = await this.#parts.store.find(hash);
    if (record && !this.#byId.has(record.id) && !this.#revoked.has(record.id)) this.#hold(record);
    return this.#inForce(this.#held.get(keyOf(hash)), hash);
  }

  /** Makes one. Its text is in the answer and nowhere else. Refuses with `too_many_tokens`, `storage_unavailable`. */
  async create({
    name,
    scopes,
    spanMs,
  }: NewToken): Promise<{ readonly token: Token; readonly text: string }> {
    const { store, clock } = this.#parts;
    if (this.#byId.size >= accessLimits.tokensMax) {
      throw refuse(
        "too_many_tokens",
        `There are ${accessLimits.tokensMax} tokens, which is the most: revoke some.`,
      );
    }
    const now = clock.now();
    const text = newTokenText();
    const record: TokenRecord = {
      id: uuidv7(now) as TokenId,
      name,
      hash: hashOfToken(text),
      scopes: [...new Set(scopes)],
      createdAt: now,
      expiresAt: spanMs === undefined ? undefined : now + spanMs,
      lastUsedAt: undefined,
    };
    await store.insert(record);
    return { token: this.#hold(record), text };
  }

  /** Oldest first, those that have expired too; not the one of the environment. */
  async list(): Promise<readonly TokenRecord[]> {
    const records = await this.#parts.store.all();
    return records.map((record) => ({
      ...record,
      lastUsedAt: this.#byId.get(record.id)?.lastUsedAt ?? record.lastUsedAt,
    }));
  }

  /** Refuses with `token_not_found`, `storage_unavailable`. */
  async revoke(id: string): Promise<void> {
    const held = [...this.#byId.values()].find((token) => token.record.id === id);
    const tokenId = held?.record.id ?? (id as TokenId);
    if (tokenId === adminTokenId || !(await this.#parts.store.delete(tokenId))) {
      throw refuse("token_not_found", `There is no token ${JSON.stringify(id.slice(0, 64))}.`);
    }
    this.#revoked.add(tokenId);
    if (held) this.#drop(held);
  }

  /** `end` is called when the token is revoked or expires. @returns takes it back */
  onEnd(token: Token, end: () => void): () => void {
    const held = this.#byId.get(token.record.id);
    if (!held || this.#isOver(held)) {
      end();
      return () => {};
    }
    held.ends.add(end);
    held.timer ??= this.#expireLater(held);
    return () => {
      held.ends.delete(end);
      if (held.ends.size > 0) return;
      held.timer?.cancel();
      held.timer = undefined;
    };
  }

  /** Whether it is still in force. */
  isInForce(token: Token): boolean {
    const held = this.#byId.get(token.record.id);
    return held !== undefined && !this.#isOver(held);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { timer } of this.#byId.values()) timer?.cancel();
    this.#noting?.cancel();
    await this.#note();
  }

  #inForce(held: HeldToken | undefined, hash: Buffer): Token | undefined {
    if (!held || !timingSafeEqual(held.record.hash, hash) || this.#isOver(held)) return undefined;
    held.lastUsedAt = this.#parts.clock.now();
    if (held.record.id !== adminTokenId) {
      this.#used.add(held);
      this.#noting ??= this.#noteLater();
    }
    return held;
  }

  #isOver({ record: { expiresAt } }: HeldToken): boolean {
    return expiresAt !== undefined && this.#parts.clock.now() >= expiresAt;
  }

  #hold(record: TokenRecord): HeldToken {
    const held = new HeldToken(record);
    this.#held.set(keyOf(record.hash), held);
    this.#byId.set(record.id, held);
    return held;
  }

  #drop(held: HeldToken): void {
    this.#held.delete(keyOf(held.record.hash));
    this.#byId.delete(held.record.id);
    this.#used.delete(held);
    this.#end(held);
  }

  #end(held: HeldToken): void {
    held.timer?.cancel();
    held.timer = undefined;
    const ends = [...held.ends];
    held.ends.clear();
    for (const end of ends) end();
  }

  #expireLater(held: HeldToken): Timer | undefined {
    const { expiresAt } = held.record;
    if (expiresAt === undefined) return undefined;
    const { clock } = this.#parts;
    return clock.after(Math.min(timerMsMax, Math.max(0, expiresAt - clock.now())), () => {
      held.timer = undefined;
      if (this.#isOver(held)) this.#end(held);
      else held.timer = this.#expireLater(held);
    });
  }

  #noteLater(): Timer {
    return this.#parts.clock.after(noteMs, () => {
      this.#noting = undefined;
      void this.#note();
    });
  }

  async #note(): Promise<void> {
    const times = new Map<TokenId, number>();
    for (const { record, lastUsedAt } of this.#used)
      if (lastUsedAt !== undefined) times.set(record.id, lastUsedAt);
    this.#used.clear();
    if (times.size === 0) return;
    try {
      await this.#parts.store.used(times);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "when tokens were last used could not be stored");
    }
  }
}

function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, 12).toString("latin1");
}
