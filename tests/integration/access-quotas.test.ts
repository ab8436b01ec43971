/** What a namespace may have: each bound is told in its refusal and in /api/limits, and leaves the others alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LimitsView } from "../../src/protocol/access.ts";
import { adminHeaders, bearer, lockedEnv, makeToken } from "../support/access.ts";
import type { Answer } from "../support/api.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";

const job = (namespace: string) => ({ job_type: "js", code: "1", namespace });

function assertQuota(answer: Answer, status: number, code: string, what: string, limit: number): void {
  assertProblem(answer, status, code, new RegExp(String(limit)));
  assert.partialDeepStrictEqual(answer.json(), { details: { what, limit } });
}

test("a namespace has so many unended jobs, counted over a restart, and others have theirs", async (t) => {
  const env = { NAMESPACE_JOBS_MAX: "3" };
  const first = await bootOrchestrator(t, { env });
  const made = await first.api.post("/api/jobs", [job("alice"), job("alice")]);
  const { jobs } = made.json() as { jobs: { id: string }[] };
  const refused = await first.api.post("/api/jobs", [job("bob"), job("alice"), job("alice")]);
  assertQuota(refused, 429, "too_many_jobs", "jobs", 3);
  assert.match(String(refused.headers["retry-after"]), /^\d+$/);
  const atOnce = await Promise.all(
    Array.from({ length: 5 }, () => first.api.post("/api/jobs", job("alice"))),
  );
  assert.deepEqual(atOnce.map(({ status }) => status).sort(), [201, 429, 429, 429, 429]);
  assert.equal((await first.api.post("/api/jobs", [job("bob"), job("bob"), job("bob")])).status, 201);
  await first.stop();
  const { api } = await bootOrchestrator(t, { env, flags: { dataDir: first.dataDir } });
  assert.equal((await api.post("/api/jobs", job("alice"))).status, 429);
  assert.equal((await api.send("DELETE", `/api/jobs/${jobs[0]?.id}`)).status, 204);
  assert.equal((await api.post("/api/jobs", job("alice"))).status, 201);
});

test("a namespace has so many functions; new revisions are none", async (t) => {
  const { api, deploy } = await bootFunctions(t, { env: { NAMESPACE_FUNCTIONS_MAX: "1" } });
  const code = "const handle = () => ({})";
  await deploy("/alice/one", code);
  await deploy("/alice/one", code);
  await deploy("/bob/one", code);
  const refused = await api.post("/api/deploy/alice/two", { runtime: "js", code });
  assertQuota(refused, 409, "quota_exceeded", "functions", 1);
  await api.send("DELETE", "/api/deploy/alice/one");
  await deploy("/alice/two", code);
});

test("a namespace's database grows to its bound, and shrinks again", async (t) => {
  const { api } = await bootOrchestrator(t, { env: { NAMESPACE_DATABASE_MAX: "128KiB" } });
  const value = "x".repeat(20_000);
  const put = (key: string, namespace = "alice") =>
    api.send("PUT", `/api/db/${namespace}/${key}`, { body: { value } });
  let count = 0;
  while ((await put(`k${count}`)).status === 201) count++;
  assert.ok(count >= 3 && count <= 6, `${count}`);
  assertQuota(await put("more"), 409, "quota_exceeded", "database_bytes", 131_072);
  const batch = await api.post("/api/db/alice", { ops: [{ op: "set", key: "b", value }] });
  assertQuota(batch, 409, "quota_exceeded", "database_bytes", 131_072);
  assert.equal((await api.get("/api/db/alice/k0")).status, 200);
  assert.equal((await put("k", "bob")).status, 201);
  assert.equal((await api.send("DELETE", "/api/db/alice/k0")).status, 204);
  assert.equal((await put("again")).status, 201);
});

test("a namespace's files grow to their bound together, also when they come at once", async (t) => {
  const { api } = await bootOrchestrator(t, { env: { NAMESPACE_FILES_MAX: "100000" } });
  const put = (path: string, bytes: number) =>
    api.send("PUT", `/api/storage/${path}`, { body: Buffer.alloc(bytes) });
  assert.equal((await put("alice/a", 60_000)).status, 201);
  assertQuota(await put("alice/b", 60_000), 409, "quota_exceeded", "file_bytes", 100_000);
  assert.equal((await put("alice/a", 100_000)).status, 201, "what replaces counts by the difference");
  assertQuota(await put("alice/b", 1), 409, "quota_exceeded", "file_bytes", 100_000);
  assert.equal((await put("bob/b", 60_000)).status, 201);
  await api.send("DELETE", "/api/storage/alice/a");
  const atOnce = await Promise.all(Array.from({ length: 4 }, (_, at) => put(`alice/c${at}`, 40_000)));
  assert.deepEqual(atOnce.map(({ status }) => status).sort(), [201, 201, 409, 409]);
});

test("limits are told, and what of them a namespace uses to who may read it", async (t) => {
  const { api } = await bootOrchestrator(t, { env: lockedEnv });
  const { token } = await makeToken(api, ["read:alice"]);
  await api.post("/api/jobs", job("alice"), adminHeaders);
  await api.send("PUT", "/api/storage/alice/f", { body: "12345", headers: adminHeaders });
  await api.send("PUT", "/api/db/alice/k", { body: { value: 1 }, headers: adminHeaders });
  const view = (await api.get("/api/limits?namespace=alice", bearer(token))).json() as LimitsView;
  assert.deepEqual(view.requests_per_second, { token: 1000, address: 100, namespace: 2000 });
  assert.deepEqual(view.per_namespace, {
    jobs: 10_000,
    functions: 1000,
    database_bytes: 2 ** 30,
    file_bytes: 10 * 2 ** 30,
  });
  assert.partialDeepStrictEqual(view.usage, { namespace: "alice", jobs: 1, functions: 0, file_bytes: 5 });
  assert.ok((view.usage?.database_bytes ?? 0) > 0);
  assertProblem(await api.get("/api/limits?namespace=bob", bearer(token)), 403, "forbidden");
  const open = await bootOrchestrator(t);
  assert.equal(((await open.api.get("/api/limits")).json() as LimitsView).per_namespace.jobs, null);
});
