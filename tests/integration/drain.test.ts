import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { type SpawnedOrchestrator, spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir } from "../support/worker.ts";

/** How an orchestrator stops, seen from outside: real processes, real signals. */

const env = { CACHE_DIR: testCacheDir, LOG_LEVEL: "info" };
const slow = (ms: number) =>
  `console.log('begun'); await new Promise((done) => setTimeout(done, ${ms})); return 'finished';`;

async function spawnWithWorker(
  t: TestContext,
  options: { readonly shutdownTimeout: string; readonly dataDir?: string; readonly log?: string[] },
): Promise<SpawnedOrchestrator> {
  const { dataDir, log = [] } = options;
  const orchestrator = await spawnOrchestrator(t, {
    args: ["--workers", "1"],
    env: { ...env, SHUTDOWN_TIMEOUT: options.shutdownTimeout },
    onLog: (line) => log.push(line),
    ...(dataDir !== undefined && { dataDir }),
  });
  await eventually(async () => (await orchestrator.api.get("/stats")).text.includes('"connected":1'));
  return orchestrator;
}

/** Submits a job and waits until it has said that it runs. */
async function begun(api: Api, code: string, fields: object = {}): Promise<string> {
  const { id } = (await api.post("/api/jobs", { job_type: "js", code, ...fields })).json() as { id: string };
  await eventually(async () => (await api.get(`/api/jobs/${id}`)).text.includes('"status":"running"'));
  return id;
}

async function untilDraining(api: Api): Promise<void> {
  await eventually(async () => (await api.get("/health/ready")).status === 503);
}

test("while it drains it is alive, not ready, and takes nothing new; what runs finishes, and it exits with 0", {
  timeout: 60_000,
}, async (t) => {
  const log: string[] = [];
  const { api, process: child, ended } = await spawnWithWorker(t, { shutdownTimeout: "30s", log });
  assert.deepEqual((await api.get("/health/ready")).json(), { status: "ready" });
  const id = await begun(api, slow(1500));
  const answer = api.get(`/api/jobs/${id}?wait=30`);
  child.kill("SIGTERM");
  await untilDraining(api);
  const ready = await api.get("/health/ready");
  assert.partialDeepStrictEqual(ready.json(), {
    code: "shutting_down",
    details: { reasons: [{ code: "shutting_down" }] },
  });
  assert.equal(ready.headers.connection, "close");
  assert.equal((await api.get("/health")).status, 200);
  for (const [method, path] of [
    ["POST", "/api/jobs"],
    ["GET", "/alice/function"],
  ] as const) {
    const body = method === "POST" ? { job_type: "js", code: "1" } : undefined;
    const refused = await api.send(method, path, { body });
    assert.equal(refused.status, 503, path);
    assert.ok(Number(refused.headers["retry-after"]) >= 1, path);
    assert.partialDeepStrictEqual(refused.json(), { code: "shutting_down" });
  }
  assert.partialDeepStrictEqual((await answer).json(), { status: "completed", result: "finished" });
  assert.equal(await ended, 0);
  assert.ok(
    log.some((line) => line.includes("waiting up to 30 s for 1 job and 0 calls to end")),
    log.join("\n"),
  );
});

test("a job that would take longer than SHUTDOWN_TIMEOUT goes back, and runs after the next start as if for the first time", {
  timeout: 60_000,
}, async (t) => {
  const dataDir = await temporaryDirectory(t);
  const first = await spawnWithWorker(t, { shutdownTimeout: "200ms", dataDir });
  // It would never end, but for being told on the second run not to wait.
  const code = "if (db.get('again')) return 'ran again'; db.set('again', true); for (;;);";
  const id = await begun(first.api, code, { max_retries: 0 });
  await eventually(async () => (await first.api.get("/api/db/default/again")).status === 200);
  first.process.kill("SIGTERM");
  assert.equal(await first.ended, 0);
  const second = await spawnWithWorker(t, { shutdownTimeout: "10s", dataDir });
  const job = await second.api.get(`/api/jobs/${id}?wait=30`);
  assert.partialDeepStrictEqual(job.json(), { status: "completed", result: "ran again", attempts: 1 });
});

test("a call that is under way when it is told to stop is answered", { timeout: 60_000 }, async (t) => {
  const { api, process: child, ended } = await spawnWithWorker(t, { shutdownTimeout: "30s" });
  const code =
    "export default { async fetch() { await new Promise((done) => setTimeout(done, 1000)); return new Response('done'); } };";
  assert.equal((await api.post("/api/deploy/alice/slow", { runtime: "js", code })).status, 201);
  const answer = api.get("/alice/slow");
  await eventually(async () => (await api.get("/api/volunteers")).status === 200);
  child.kill("SIGTERM");
  assert.equal((await answer).text, "done");
  assert.equal(await ended, 0);
});

test("a second signal ends it at once, and not well", { timeout: 60_000 }, async (t) => {
  const { api, process: child, ended } = await spawnWithWorker(t, { shutdownTimeout: "1h" });
  await begun(api, "for (;;);");
  child.kill("SIGTERM");
  await untilDraining(api);
  child.kill("SIGTERM");
  assert.equal(await ended, 130);
});

test("a disk that takes no more is a reason not to be ready, and the process stays alive", {
  timeout: 60_000,
}, async (t) => {
  const { api } = await spawnOrchestrator(t, { fileBlocksMax: 1024 });
  assert.equal((await api.get("/health/ready")).status, 200);
  const submit = (bytes: number) =>
    api.post("/api/jobs", { job_type: "js", code: `/*${"x".repeat(bytes)}*/` });
  for (const bytes of [100_000, 1000, 1]) while ((await submit(bytes)).status === 201);
  await eventually(async () => (await api.get("/health/ready")).status === 503);
  const ready = await api.get("/health/ready");
  assert.partialDeepStrictEqual(ready.json(), { code: "storage_unavailable" });
  assert.ok(Number(ready.headers["retry-after"]) >= 1);
  assert.equal((await api.get("/health")).status, 200);
});
