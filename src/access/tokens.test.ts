import assert from "node:assert/strict";
import crypto from "node:crypto";
import { type TestContext, test } from "node:test";
import { MemoryTokenStore } from "../../tests/support/memory-token-store.ts";
import { accessLimits } from "../protocol/access.ts";
import { ManualClock } from "../stdx/clock.ts";
import { noLog } from "../stdx/log.ts";
import { Tickets } from "./tickets.ts";
import { hashOfToken, newTokenText } from "./token.ts";
import { Tokens } from "./tokens.ts";

const forever = { name: "n", scopes: ["read:alice"], spanMs: undefined };

function desk(t: TestContext, adminToken?: string) {
  const [store, clock] = [new MemoryTokenStore(), new ManualClock()];
  const tokens = new Tokens({ store, clock, log: noLog, adminToken });
  t.after(() => tokens[Symbol.asyncDispose]());
  return { store, clock, tokens };
}

test("a token has 256 random bits, and only its hash is kept", async (t) => {
  const { store, tokens } = desk(t);
  const { text } = await tokens.create(forever);
  assert.equal(Buffer.from(text.slice("zv_".length), "base64url").length, 32);
  assert.notEqual(newTokenText(), newTokenText());
  const [kept] = [...store.records.values()];
  assert.deepEqual(Buffer.from(kept?.hash ?? []), crypto.createHash("sha256").update(text).digest());
  assert.doesNotMatch(JSON.stringify(kept), new RegExp(text));
});

test("what shares the beginning of a token's hash is told apart by a comparison of the whole", async (t) => {
  const { store, tokens } = desk(t);
  const text = newTokenText();
  const hash = hashOfToken(text);
  const { token } = await tokens.create(forever);
  // The same but for the last byte, as if somebody had found such a text.
  const near = Buffer.from(hash);
  near.writeUInt8(near.readUInt8(31) ^ 1, 31);
  store.records.set(token.record.id, { ...token.record, hash: near });
  const other = new Tokens({ store, clock: new ManualClock(), log: noLog, adminToken: undefined });
  await other.recover();
  assert.equal(other.known(text), undefined);
  assert.equal(await other.lookUp(text), undefined);
});

test("hashes are compared in a time that tells nothing", async (t) => {
  const { tokens } = desk(t);
  const { text } = await tokens.create(forever);
  const compared = t.mock.method(crypto, "timingSafeEqual");
  // What a module has imported by name follows the mock only after this.
  (await import("node:module")).syncBuiltinESMExports();
  assert.ok(tokens.known(text));
  assert.equal(compared.mock.callCount(), 1);
  compared.mock.restore();
  (await import("node:module")).syncBuiltinESMExports();
});

test("a token that another process made is found when it is shown, and not before", async (t) => {
  const { store, clock, tokens } = desk(t);
  const other = new Tokens({ store, clock, log: noLog, adminToken: undefined });
  const { text } = await other.create(forever);
  assert.equal(tokens.known(text), undefined);
  assert.ok(await tokens.lookUp(text));
  assert.ok(tokens.known(text));
});

test("a look-up that was under way brings no revoked token back", async (t) => {
  const { store, tokens } = desk(t);
  const { text, token } = await tokens.create(forever);
  const found = Promise.withResolvers<void>();
  t.mock.method(store, "find", async () => {
    await found.promise;
    return token.record;
  });
  const looking = tokens.lookUp(text);
  await tokens.revoke(token.record.id);
  found.resolve();
  assert.equal(await looking, undefined);
  assert.equal(tokens.known(text), undefined);
});

test("what a token opened ends with it, once", async (t) => {
  const { clock, tokens } = desk(t);
  const [revoked, expiring] = [
    await tokens.create(forever),
    await tokens.create({ ...forever, spanMs: 1000 }),
  ];
  const ends: string[] = [];
  tokens.onEnd(revoked.token, () => ends.push("revoked"));
  tokens.onEnd(revoked.token, () => ends.push("let go"))();
  tokens.onEnd(expiring.token, () => ends.push("expired"));
  clock.advance(999);
  assert.equal(ends.length, 0);
  clock.advance(1);
  await tokens.revoke(revoked.token.record.id);
  clock.advance(10_000);
  assert.deepEqual(ends, ["expired", "revoked"]);
  tokens.onEnd(expiring.token, () => ends.push("too late"));
  assert.equal(ends.at(-1), "too late");
});

test("a token may live longer than a timer can wait", async (t) => {
  const { clock, tokens } = desk(t);
  const { token } = await tokens.create({ ...forever, spanMs: 90 * 86_400_000 });
  let ended = false;
  tokens.onEnd(token, () => {
    ended = true;
  });
  clock.advance(89 * 86_400_000);
  assert.equal(ended, false);
  clock.advance(86_400_000);
  assert.equal(ended, true);
});

test("uses are written down once a minute, whatever their number", async (t) => {
  const { store, clock, tokens } = desk(t);
  const { text, token } = await tokens.create(forever);
  const used = t.mock.method(store, "used");
  for (let at = 0; at < 100; at++) tokens.known(text);
  clock.advance(60_000);
  await tokens.list();
  assert.equal(used.mock.callCount(), 1);
  assert.equal(store.records.get(token.record.id)?.lastUsedAt, clock.now() - 60_000);
});

test("the administrator's token of the environment is no stored one", async (t) => {
  const { store, tokens } = desk(t, "a-secret-of-the-operator");
  assert.equal(tokens.known("a-secret-of-the-operator")?.scopes.admin, true);
  assert.equal(tokens.hasAdmin, true);
  assert.deepEqual([store.records.size, await tokens.list()], [0, []]);
  await assert.rejects(tokens.revoke("ADMIN_TOKEN"), { code: "token_not_found" });
});

test("there are only so many tokens", async (t) => {
  const { store, tokens } = desk(t);
  const { token } = await tokens.create(forever);
  for (let at = 1; at < accessLimits.tokensMax; at++) {
    const hash = hashOfToken(String(at));
    const id = String(at) as typeof token.record.id;
    store.records.set(id, { ...token.record, id, hash });
  }
  await tokens.recover();
  await assert.rejects(tokens.create(forever), { code: "too_many_tokens" });
});

test("tickets wait in bounded number, for each token and for all", async (t) => {
  const { clock, tokens } = desk(t);
  const { token } = await tokens.create(forever);
  const tickets = new Tickets(clock);
  const issued = Array.from({ length: 100 }, () => tickets.issue({ token }));
  assert.equal(new Set(issued).size, 100);
  assert.throws(() => tickets.issue({ token }), { code: "rate_limited" });
  assert.equal(tickets.redeem(issued[0] ?? "")?.token, token);
  assert.equal(tickets.redeem(issued[0] ?? ""), undefined);
  tickets.issue({ token });
  clock.advance(30_000);
  assert.equal(tickets.redeem(issued[1] ?? ""), undefined);
  tickets.issue({ token });
});
