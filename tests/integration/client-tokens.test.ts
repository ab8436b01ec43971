import assert from "node:assert/strict";
import { test } from "node:test";
import { Zerverless } from "../../src/client/index.ts";
import { adminToken, lockedEnv } from "../support/access.ts";
import { bootClient } from "../support/client.ts";

test("a token is made, opens what it is for, and is revoked", async (t) => {
  const { client: nobody, url } = await bootClient(t, { env: lockedEnv });
  const admin = new Zerverless({ url, token: adminToken });
  const { id, token } = await admin.tokens.create({ name: "ci", scopes: ["read:alice"], expires_in: "12h" });
  assert.ok((await admin.tokens.list()).tokens.some((known) => known.id === id));
  const reader = new Zerverless({ url, token: () => token });
  assert.equal((await reader.access()).token?.name, "ci");
  assert.equal(await reader.kv("alice").get("k"), undefined);
  await assert.rejects(reader.kv("alice").put("k", 1), { code: "forbidden", status: 403 });
  await assert.rejects(nobody.kv("alice").get("k"), { code: "unauthorized", status: 401 });
  await admin.tokens.revoke(id);
  await assert.rejects(reader.kv("alice").get("k"), { code: "unauthorized", status: 401 });
});
