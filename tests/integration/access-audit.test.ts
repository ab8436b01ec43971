/** The audit log: every change, by whom, and nothing that nobody did. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AuditEntryView } from "../../src/protocol/access.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { adminHeaders, bearer, lockedEnv, makeToken } from "../support/access.ts";
import type { Api } from "../support/api.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";

interface Page {
  readonly entries: readonly AuditEntryView[];
  readonly cursor: string | null;
}

async function page(api: Api, query = ""): Promise<Page> {
  const answer = await api.get(`/api/audit${query}`, adminHeaders);
  assert.equal(answer.status, 200, answer.text);
  return answer.json() as Page;
}

const job = (namespace: string) => ({ job_type: "js", code: "1", namespace });

async function boot(t: TestContext) {
  const desk = await bootFunctions(t, { env: lockedEnv });
  const made = await makeToken(desk.api, ["read:alice", "write:alice"], { name: "alice's laptop" });
  return { ...desk, made, headers: bearer(made.token) };
}

test("every kind of change is noted with who, what, when and from where", async (t) => {
  const { api, made, headers } = await boot(t);
  const since = Date.now() - 1000;
  const submitted = await api.post("/api/jobs", [job("alice"), job("alice")], headers);
  const { jobs } = submitted.json() as { jobs: { id: string }[] };
  const id = jobs[0]?.id;
  const changes: readonly (readonly [string, string, unknown, number])[] = [
    ["DELETE", `/api/jobs/${id}`, undefined, 204],
    ["PUT", "/api/db/alice/a%20key?", { value: "secret" }, 201],
    ["POST", "/api/db/alice", { ops: [{ op: "delete", key: "x" }] }, 200],
    ["PUT", "/api/storage/alice/file.txt", "text", 201],
    ["DELETE", "/api/storage/alice/file.txt", undefined, 204],
    ["POST", "/api/deploy/alice/f", { runtime: "js", code: "const handle = () => ({})" }, 201],
    ["PUT", "/api/deploy/alice/f", { revision: 1 }, 200],
    ["DELETE", "/api/deploy/alice/f", undefined, 204],
    ["DELETE", "/api/deploy/alice/none", undefined, 404],
    ["PUT", "/api/db/bob/key", { value: 1 }, 403],
    ["POST", "/api/tokens", { name: "n", scopes: ["admin"] }, 403],
  ];
  for (const [method, path, body, status] of changes) {
    const answer = await api.send(method, path, { body, headers });
    assert.equal(answer.status, status, answer.text);
  }
  const { entries } = await page(api, `?token=${made.id}`);
  assert.deepEqual(entries.map(({ method, path, status }) => [method, path, status]).reverse(), [
    ["POST", "/api/jobs", 201],
    ...changes.map(([method, path, , status]) => [method, path.replace("?", ""), status]),
  ]);
  const submission = entries.at(-1);
  assert.partialDeepStrictEqual(submission, {
    token_name: "alice's laptop",
    address: "127.0.0.1",
    route: "/api/jobs",
    namespaces: ["alice"],
    made: id,
    count: 2,
    request_id: submitted.headers["x-request-id"],
  });
  assert.ok(Date.parse(submission?.at ?? "") >= since);
  assert.doesNotMatch(JSON.stringify(entries), /secret|zv_/);
  const made403 = entries[0];
  assert.partialDeepStrictEqual(made403, { route: "/api/tokens", namespaces: [], made: null });
});

test("the making and revoking of tokens is noted, and reading is not", async (t) => {
  const { api, made } = await boot(t);
  await api.get("/api/jobs", adminHeaders);
  await api.post("/api/tickets", undefined, adminHeaders);
  await api.send("DELETE", `/api/tokens/${made.id}`, { headers: adminHeaders });
  const { entries } = await page(api);
  assert.partialDeepStrictEqual(entries, [
    { method: "DELETE", path: `/api/tokens/${made.id}`, token_id: "ADMIN_TOKEN", status: 204 },
    { method: "POST", path: "/api/tokens", made: made.id, status: 201 },
  ]);
  assert.equal(entries.length, 2);
});

test("what nobody may do leaves no trace, or everybody could fill the log", async (t) => {
  const { api } = await bootOrchestrator(t, { env: lockedEnv });
  assert.equal((await api.post("/api/jobs", job("alice"))).status, 401);
  assert.equal((await api.post("/api/jobs", job("alice"), bearer("zv_wrong"))).status, 401);
  assert.deepEqual((await page(api)).entries, []);
});

test("pages follow each other without gaps, under filters and over a restart", async (t) => {
  const first = await bootOrchestrator(t, { env: lockedEnv });
  for (let at = 0; at < 12; at++) {
    await first.api.post("/api/jobs", job(at % 2 === 0 ? "alice" : "bob"), adminHeaders);
    // Some lie in one segment, some in another.
    if (at % 5 === 0) await page(first.api);
  }
  await first.stop();
  const { api } = await bootOrchestrator(t, { env: lockedEnv, flags: { dataDir: first.dataDir } });
  const all = (await page(api)).entries;
  assert.equal(all.length, 12);
  const seen: AuditEntryView[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string =
      cursor === "" ? "?limit=2&namespace=bob" : `?limit=2&namespace=bob&cursor=${cursor}`;
    const got = await page(api, query);
    seen.push(...got.entries);
    cursor = got.cursor;
  }
  assert.deepEqual(
    seen,
    all.filter(({ namespaces }) => namespaces.includes("bob")),
  );
  assertProblem(await api.get("/api/audit?cursor=x", adminHeaders), 400, "invalid_request");
});

test("entries go when their time has passed", async (t) => {
  const clock = new ManualClock();
  const { api } = await bootOrchestrator(t, { env: { ...lockedEnv, AUDIT_RETENTION: "1h" }, clock });
  await api.post("/api/jobs", job("alice"), adminHeaders);
  assert.equal((await page(api)).entries.length, 1);
  clock.advance(3_599_000);
  assert.equal((await page(api)).entries.length, 1);
  clock.advance(61_000);
  assert.equal((await page(api)).entries.length, 0);
});

test("where nobody is asked, changes are noted without a name", async (t) => {
  const { api } = await bootOrchestrator(t);
  await api.post("/api/jobs", job("alice"));
  assert.partialDeepStrictEqual((await api.get("/api/audit")).json(), {
    entries: [{ token_id: null, token_name: null, address: "127.0.0.1", path: "/api/jobs" }],
  });
});
