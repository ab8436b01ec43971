import assert from "node:assert/strict";
import { test } from "node:test";
import { namespaceListSchema } from "../../src/protocol/namespaces.ts";
import { bootClient } from "../support/client.ts";

test("the namespaces are those in which there is something", async (t) => {
  const { client, api } = await bootClient(t);
  assert.deepEqual(await client.namespaces(), { namespaces: [], count: 0, cursor: null });
  await client.jobs.submit({ job_type: "js", code: "1", namespace: "alice" });
  await client.kv("bob").put("k", 1);
  await client.kv("nobody").get("k");
  await client.files("carol").put("a.txt", "xyz");
  const code = "function handle() { return {} }";
  await client.functions.deploy("carol", "f", { runtime: "js", code });
  const { namespaces } = namespaceListSchema.strict().parse((await api.get("/api/namespaces")).json());
  assert.deepEqual(namespaces, [
    { namespace: "alice", jobs: 1, functions: 0, database: false, files: 0, file_bytes: 0 },
    { namespace: "bob", jobs: 0, functions: 0, database: true, files: 0, file_bytes: 0 },
    { namespace: "carol", jobs: 0, functions: 1, database: false, files: 1, file_bytes: 3 },
  ]);
  const page = await client.namespaces({ limit: 2 });
  assert.equal(page.count, 2);
  const rest = await client.namespaces({ limit: 2, cursor: page.cursor ?? undefined });
  assert.deepEqual(
    rest.namespaces.map((entry) => entry.namespace),
    ["carol"],
  );
  assert.equal((await client.namespaces({ prefix: "b" })).namespaces[0]?.namespace, "bob");
});
