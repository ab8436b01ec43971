import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { test } from "node:test";
import type { JobDetail, JobListItem } from "../../src/protocol/job.ts";
import type { Api } from "../support/api.ts";
import { EventReader } from "../support/event-source.ts";
import { eventually } from "../support/eventually.ts";
import { ended, runJob, submitJob } from "../support/jobs.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { runToEnd, spawnOrchestrator } from "../support/spawn.ts";
import { spawnWorker, volunteersConnected } from "../support/worker.ts";

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? String(address.port) : "0";
}

async function listAll(api: Api, query = ""): Promise<JobListItem[]> {
  const { jobs } = (await api.get(`/api/jobs?limit=1000${query}`)).json() as { jobs: JobListItem[] };
  return jobs;
}

/** The job's own first words have come: it is not only handed out, it runs. */
async function speaking(api: Api, job: { id: string }): Promise<void> {
  using events = await EventReader.open(new URL(`/api/jobs/${job.id}/events`, api.url));
  for (let event = await events.next(); event?.event !== "log"; event = await events.next()) {
    assert.ok(event, "the job speaks before it ends");
  }
}

async function running(api: Api, job: { id: string }): Promise<void> {
  await eventually(
    async () => ((await api.get(`/api/jobs/${job.id}`)).json() as JobDetail).status === "running",
  );
}

test("a thousand accepted jobs all complete, once each, though the orchestrator is killed among them", {
  timeout: 120_000,
}, async (t) => {
  const port = await freePort();
  const dataDir = await temporaryDirectory(t);
  const first = await spawnOrchestrator(t, { port, dataDir });
  const { api } = first;
  const slow = "await new Promise((done) => setTimeout(done, 5)); return [INPUT, crypto.randomUUID()];";
  const accepted: string[] = [];
  for (let batch = 0; batch < 10; batch++) {
    const jobs = Array.from({ length: 100 }, (_, n) => ({
      job_type: "js",
      code: slow,
      input_data: batch * 100 + n,
    }));
    const answer = await api.post("/api/jobs", jobs);
    assert.equal(answer.status, 201, answer.text);
    accepted.push(...(answer.json() as { jobs: { id: string }[] }).jobs.map(({ id }) => id));
  }
  // The worker outlives the orchestrator, with leases of its former life in hand.
  spawnWorker(t, first.volunteerUrl, ["--slots", "2"]);
  await eventually(async () => (await listAll(api, "&status=completed")).length > 50);
  assert.ok((await listAll(api, "&status=running")).length > 0, "some are running");
  first.process.kill("SIGKILL");
  assert.equal(await first.ended, "SIGKILL");

  const second = await spawnOrchestrator(t, { port, dataDir });
  const survivors = await listAll(second.api, "&status=completed");
  assert.ok(survivors.length >= 50 && survivors.length < 1000, `${survivors.length} had completed`);
  await eventually(async () => {
    const { jobs } = (await second.api.get("/stats")).json() as { jobs: Record<string, number> };
    return jobs.completed === 1000;
  }, 60_000);
  const all = await listAll(second.api);
  assert.deepEqual(new Set(all.map(({ id }) => id)), new Set(accepted));
  const results = all.map(({ result }) => result as [number, string]);
  assert.deepEqual(
    results.map(([n]) => n).sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, n) => n),
  );
  const after = new Map(all.map((job) => [job.id, job]));
  for (const job of survivors) assert.deepEqual(after.get(job.id), job, "what had ended did not end again");
});

test("a job whose worker is killed in the middle runs on another within two seconds", {
  timeout: 60_000,
}, async (t) => {
  const { api, volunteerUrl } = await spawnOrchestrator(t);
  const doomed = spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(api, 1);
  const job = await submitJob(api, {
    job_type: "js",
    code: "const nap = INPUT === 1 ? 0 : 3000; await new Promise((done) => setTimeout(done, nap)); return 'done';",
  });
  await running(api, job);
  spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(api, 2);
  const killedAt = performance.now();
  doomed.process.kill("SIGKILL");
  await eventually(
    async () => ((await api.get(`/api/jobs/${job.id}`)).json() as JobDetail).attempts === 2,
    5000,
  );
  assert.ok(performance.now() - killedAt < 2000, "the other worker has it within two seconds");
  const detail = await ended(api, job);
  assert.deepEqual([detail.status, detail.result, detail.attempts], ["completed", "done", 2]);
});

test("a job lost more often than its max_retries fails as volunteer_lost", { timeout: 60_000 }, async (t) => {
  const { api, volunteerUrl } = await spawnOrchestrator(t);
  const doomed = spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(api, 1);
  const job = await submitJob(api, { job_type: "js", code: "for (;;);", max_retries: 0 });
  await running(api, job);
  doomed.process.kill("SIGKILL");
  const detail = await ended(api, job);
  assert.deepEqual([detail.status, detail.error_code], ["failed", "volunteer_lost"]);
});

test("a stopped worker loses its job within VOLUNTEER_TIMEOUT, and what it says later is dropped", {
  timeout: 60_000,
}, async (t) => {
  const { api, volunteerUrl } = await spawnOrchestrator(t, {
    env: { VOLUNTEER_TIMEOUT: "2s", VOLUNTEER_HEARTBEAT_INTERVAL: "500ms" },
  });
  const stopped = spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(api, 1);
  const code = "await new Promise((done) => setTimeout(done, 1000)); return crypto.randomUUID();";
  const job = await submitJob(api, { job_type: "js", code });
  await running(api, job);
  stopped.process.kill("SIGSTOP");
  const stoppedAt = performance.now();
  spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await eventually(async () => ((await api.get(`/api/jobs/${job.id}`)).json() as JobDetail).attempts === 2);
  assert.ok(performance.now() - stoppedAt < 3500, "VOLUNTEER_TIMEOUT and one round of looking");
  const detail = await ended(api, job);
  assert.deepEqual([detail.status, detail.attempts], ["completed", 2]);
  // Its cell went on and has an answer ready; the worker speaks again, and then comes back as a new volunteer.
  stopped.process.kill("SIGCONT");
  await volunteersConnected(api, 2);
  const later = (await api.get(`/api/jobs/${job.id}`)).json() as JobDetail;
  assert.deepEqual(later, detail);
});

test("a worker told to stop finishes what runs, returns what waits, and leaves", {
  timeout: 60_000,
}, async (t) => {
  const { api, volunteerUrl } = await spawnOrchestrator(t);
  const leaving = spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(api, 1);
  const long = await submitJob(api, {
    job_type: "js",
    code: "console.log('begun'); await new Promise((done) => setTimeout(done, 1000)); return 'finished';",
  });
  await speaking(api, long);
  const waiting = await submitJob(api, { job_type: "js", code: "'elsewhere'" });
  leaving.process.kill("SIGTERM");
  assert.equal(await leaving.ended, 0);
  const finished = await ended(api, long);
  assert.deepEqual([finished.result, finished.attempts], ["finished", 1]);
  spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  assert.equal((await ended(api, waiting)).result, "elsewhere");
});

test("an orchestrator told to stop leaves no job behind: the next start runs what was left", {
  timeout: 60_000,
}, async (t) => {
  const dataDir = await temporaryDirectory(t);
  const first = await spawnOrchestrator(t, { dataDir, env: { SHUTDOWN_TIMEOUT: "500ms" } });
  const jobs = [];
  for (let n = 0; n < 5; n++)
    jobs.push(await submitJob(first.api, { job_type: "js", code: "INPUT * 2", input_data: n }));
  first.process.kill("SIGTERM");
  assert.equal(await first.ended, 0);
  const second = await spawnOrchestrator(t, { dataDir });
  spawnWorker(t, second.volunteerUrl, ["--slots", "2"]);
  const results = [];
  for (const job of jobs) results.push((await ended(second.api, job)).result);
  assert.deepEqual(results, [0, 2, 4, 6, 8]);
});

test("two orchestrators cannot share a data directory", { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryDirectory(t);
  await spawnOrchestrator(t, { dataDir });
  const { code, stderr } = await runToEnd(["--port", "0", "--data-dir", dataDir], { HOME: dataDir });
  assert.equal(code, 1);
  assert.match(stderr, /is in use by another Zerverless process \(pid \d+\)/);
});

test("cancelling stops a running job and frees its slot", { timeout: 60_000 }, async (t) => {
  const { api, volunteerUrl } = await spawnOrchestrator(t);
  spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  const job = await submitJob(api, { job_type: "js", code: "for (;;);" });
  await running(api, job);
  assert.equal((await api.send("DELETE", `/api/jobs/${job.id}`)).status, 204);
  assert.equal((await ended(api, job)).status, "cancelled");
  assert.equal((await runJob(api, { job_type: "js", code: "1" })).result, 1);
  assert.equal((await api.send("DELETE", `/api/jobs/${job.id}`)).status, 409);
});

test("a full disk refuses jobs with a clear error, keeps what it took, and serves on", {
  timeout: 60_000,
}, async (t) => {
  const { api } = await spawnOrchestrator(t, { fileBlocksMax: 4096 });
  const job = { job_type: "js", code: `/* ${"x".repeat(200_000)} */ 1` };
  const accepted: string[] = [];
  let refused = await api.post("/api/jobs", job);
  while (refused.status === 201) {
    accepted.push((refused.json() as { id: string }).id);
    refused = await api.post("/api/jobs", job);
  }
  assert.equal(refused.status, 503);
  const { code, error } = refused.json() as { code: string; error: string };
  assert.equal(code, "storage_unavailable");
  assert.match(error, /disk|storage|written/);
  assert.deepEqual(new Set((await listAll(api)).map(({ id }) => id)), new Set(accepted));
  assert.equal((await api.get("/health")).status, 200);
});

test("a data directory that cannot be written stops the start with a sentence", {
  timeout: 60_000,
}, async () => {
  const { code, stderr } = await runToEnd(["--port", "0", "--data-dir", "/dev/null/data"], {
    HOME: "/nonexistent",
  });
  assert.equal(code, 1);
  assert.match(stderr, /^zerverless: .*\/dev\/null\/data.*\n$/);
});
