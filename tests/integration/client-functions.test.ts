/** What the SDK tells of functions beyond calling them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Zerverless } from "../../src/client/index.ts";
import { callStatsSchema } from "../../src/protocol/call-stats.ts";
import {
  deploymentDetailSchema,
  deploymentListSchema,
  revisionDetailSchema,
} from "../../src/protocol/functions.ts";
import { adminToken, lockedEnv } from "../support/access.ts";
import { bootClient } from "../support/client.ts";

const code = (word: string) => `function handle(req) {
  if (req.query.bad) throw new Error("no");
  return { body: "${word}" };
}`;

test("calls are counted for the list and over time", async (t) => {
  const { client, api } = await bootClient(t);
  await client.functions.deploy("alice", "a b", { runtime: "js", code: code("x") });
  await client.functions.call("alice", "a b/more");
  await client.functions.call("alice", "a b", { query: { bad: 1 } });
  const { last_hour, last_day } = await client.functions.stats("alice", "a b");
  assert.partialDeepStrictEqual(last_hour, { calls: 2, errors: 1 });
  assert.deepEqual(last_day, { calls: 2, errors: 1 });
  const { deployments } = await client.functions.list();
  assert.partialDeepStrictEqual(deployments[0]?.last_hour, { calls: 2, errors: 1 });
  callStatsSchema.strict().parse((await api.get("/api/calls/alice/a%20b")).json());
  deploymentListSchema.strict().parse((await api.get("/api/deploy")).json());
  deploymentDetailSchema.strict().parse((await api.get("/api/deploy/alice/a%20b")).json());
});

test("calls of what is not deployed are told of nobody", async (t) => {
  const { client } = await bootClient(t);
  await assert.rejects(client.functions.stats("alice", "f"), { code: "function_not_found", status: 404 });
});

test("each revision is shown with its code and what it was deployed with", async (t) => {
  const { client, api } = await bootClient(t);
  const options = { runtime: "js", env: { KEY: "v" }, memory_mb: 64 } as const;
  await client.functions.deploy("alice", "f", { ...options, code: code("one") });
  await client.functions.deploy("alice", "f", { runtime: "js", code: code("two") });
  const first = await client.functions.revision("alice", "f", 1);
  assert.partialDeepStrictEqual(first, {
    revision: 1,
    current: false,
    code: code("one"),
    memory_mb: 64,
    env_names: ["KEY"],
  });
  assert.partialDeepStrictEqual(await client.functions.revision("alice", "f", 2), {
    current: true,
    code: code("two"),
  });
  revisionDetailSchema.strict().parse((await api.get("/api/deploy/alice/f?revision=1")).json());
  await assert.rejects(client.functions.revision("alice", "f", 3), { code: "revision_not_found" });
  await assert.rejects(client.functions.revision("alice", "g", 1), { code: "function_not_found" });
});

test("a function that answers with a redirect does nothing in the name of who called it with a token", async (t) => {
  const { url } = await bootClient(t, { env: lockedEnv });
  const client = new Zerverless({ url, token: adminToken });
  await client.kv("alice").put("precious", 1);
  const redirect = `function handle() { return { status: 307, headers: { location: "/api/db/alice/precious" } } }`;
  await client.functions.deploy("mallory", "f", { runtime: "js", code: redirect });
  const answer = await client.functions.call("mallory", "f", { method: "DELETE" });
  assert.equal(answer.status, 307);
  assert.equal((await client.kv("alice").get("precious"))?.value, 1);
  const stranger = new Zerverless({ url });
  assert.equal((await stranger.functions.call("mallory", "f", { method: "DELETE" })).status, 401);
});
