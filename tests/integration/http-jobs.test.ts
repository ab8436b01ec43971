import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Answer } from "../support/api.ts";
import { atEnd } from "../support/at-end.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { ReferenceVolunteer } from "../support/reference-volunteer.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";

const js = { job_type: "js", code: "6 * 7" };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function bootWithVolunteer(t: TestContext) {
  const orchestrator = await bootOrchestrator(t);
  const volunteer = new ReferenceVolunteer(orchestrator.volunteerUrl);
  atEnd(t, () => volunteer[Symbol.dispose]());
  return { ...orchestrator, volunteer };
}

function bodyOf(answer: Answer, status: number): Record<string, unknown> {
  assert.equal(answer.status, status, answer.text);
  const body = answer.json();
  assert.ok(typeof body === "object" && body !== null);
  return Object.fromEntries(Object.entries(body));
}

function idOf(answer: Answer): string {
  const { id } = bodyOf(answer, 201);
  assert.ok(typeof id === "string");
  return id;
}

test("a job is accepted with its defaults and where to find it", async (t) => {
  const { api } = await bootOrchestrator(t);
  const answer = await api.post("/api/jobs", js);
  const job = bodyOf(answer, 201);
  assert.match(String(job.id), uuid);
  assert.equal(answer.headers.location, `/api/jobs/${job.id}`);
  assert.match(String(answer.headers["content-type"]), /^application\/json/);
  assert.partialDeepStrictEqual(job, {
    job_type: "js",
    status: "pending",
    namespace: "default",
    timeout_seconds: 30,
    memory_mb: 256,
    priority: 0,
    max_retries: 3,
    attempts: 0,
    error: null,
    error_code: null,
    completed_at: null,
  });
});

test("a volunteer of the reference protocol runs jobs, one after the other", async (t) => {
  const { api, volunteer } = await bootWithVolunteer(t);
  const answers = await Promise.all(
    [1, 2, 3].map((x) =>
      api.post("/api/jobs?wait=10", { job_type: "js", code: "INPUT.x * 2", input_data: { x } }),
    ),
  );
  const results = answers.map((answer) => {
    const { status, result } = bodyOf(answer, 201);
    return [status, result];
  });
  assert.deepEqual(results, [
    ["completed", 2],
    ["completed", 4],
    ["completed", 6],
  ]);
  assert.equal(volunteer.jobs, 3);
});

test("a job that throws is told as failed", async (t) => {
  const { api } = await bootWithVolunteer(t);
  const answer = await api.post("/api/jobs?wait=10", { job_type: "js", code: "throw new Error('no')" });
  assert.partialDeepStrictEqual(bodyOf(answer, 201), {
    status: "failed",
    error: "Error: no",
    error_code: "guest_error",
    result: null,
  });
});

test("a job can be read in full at once and when it has ended", async (t) => {
  const { api, volunteerUrl } = await bootOrchestrator(t);
  const id = idOf(
    await api.post("/api/jobs", { ...js, input_data: { a: [1] }, namespace: "alice", priority: 9 }),
  );
  assert.partialDeepStrictEqual(bodyOf(await api.get(`/api/jobs/${id}`), 200), {
    id,
    status: "pending",
    code: "6 * 7",
    input_data: { a: [1] },
    namespace: "alice",
    priority: 9,
    result: null,
    stdout: "",
    stderr: "",
  });
  using _volunteer = new ReferenceVolunteer(volunteerUrl);
  const ended = bodyOf(await api.get(`/api/jobs/${id}?wait=10`), 200);
  assert.partialDeepStrictEqual(ended, { status: "completed", result: 42, attempts: 1 });
  assert.ok(Date.parse(String(ended.completed_at)) >= Date.parse(String(ended.started_at)));
  assert.deepEqual(bodyOf(await api.get(`/api/jobs/${id}`), 200), ended);
});

test("waiting for a job nobody runs answers with how it stands", async (t) => {
  const { api } = await bootOrchestrator(t);
  assert.equal(bodyOf(await api.post("/api/jobs?wait=0.01", js), 201).status, "pending");
});

test("whoever waits is answered when the orchestrator stops", async (t) => {
  const { api, stop } = await bootOrchestrator(t);
  const id = idOf(await api.post("/api/jobs", js));
  const watching = await api.get(`/api/jobs/${id}`);
  const waiting = api.get(`/api/jobs/${id}?wait=60`);
  // The request must have arrived before the stop: a second one on the same server has been answered after it.
  await api.get("/health");
  assert.equal(watching.status, 200);
  await stop();
  assert.equal(bodyOf(await waiting, 200).status, "pending");
});

test("an array is accepted as a whole, in order", async (t) => {
  const { api } = await bootOrchestrator(t);
  const submissions = Array.from({ length: 1000 }, (_, at) => ({ ...js, priority: at % 10 }));
  const { jobs } = bodyOf(await api.post("/api/jobs", submissions), 201);
  assert.ok(Array.isArray(jobs));
  assert.deepEqual(
    jobs.map(({ priority }) => priority),
    submissions.map(({ priority }) => priority),
  );
});

test("an array with one bad job is refused as a whole", async (t) => {
  const { api } = await bootOrchestrator(t);
  const refused = await api.post("/api/jobs", [js, { ...js, code: 1 }]);
  assert.deepEqual(bodyOf(refused, 400), { error: "[1].code must be a string.", code: "invalid_request" });
  assert.equal(bodyOf(await api.get("/api/jobs"), 200).total, 0);
});

test("an array cannot be waited for", async (t) => {
  const { api } = await bootOrchestrator(t);
  assert.equal(bodyOf(await api.post("/api/jobs?wait=1", [js]), 400).code, "invalid_request");
});

test("jobs are listed newest first, by status and namespace, in pages", async (t) => {
  const { api } = await bootOrchestrator(t);
  const ids = [];
  for (const namespace of ["alice", "bob", "alice"])
    ids.push(idOf(await api.post("/api/jobs", { ...js, namespace })));
  const listed = async (query: string) => {
    const { jobs, ...page } = bodyOf(await api.get(`/api/jobs${query}`), 200);
    assert.ok(Array.isArray(jobs));
    return { ids: jobs.map(({ id }) => id), page };
  };
  assert.deepEqual(await listed(""), { ids: ids.toReversed(), page: { total: 3, limit: 50, offset: 0 } });
  assert.deepEqual(await listed("?namespace=alice"), {
    ids: [ids[2], ids[0]],
    page: { total: 2, limit: 50, offset: 0 },
  });
  assert.deepEqual(await listed("?status=pending&limit=1&offset=1"), {
    ids: [ids[1]],
    page: { total: 3, limit: 1, offset: 1 },
  });
  assert.deepEqual(await listed("?job_type=js&limit=1"), {
    ids: [ids[2]],
    page: { total: 3, limit: 1, offset: 0 },
  });
  assert.deepEqual(await listed("?job_type=lua"), { ids: [], page: { total: 0, limit: 50, offset: 0 } });
  assert.deepEqual(await listed("?status=completed"), { ids: [], page: { total: 0, limit: 50, offset: 0 } });
});

test("a list shows small results", async (t) => {
  const { api } = await bootWithVolunteer(t);
  await api.post("/api/jobs?wait=10", { job_type: "js", code: "({ a: [1, null] })" });
  assert.partialDeepStrictEqual(bodyOf(await api.get("/api/jobs?status=completed&limit=10"), 200), {
    jobs: [{ result: { a: [1, null] }, result_omitted: false }],
  });
});

test("a pending job is cancelled once", async (t) => {
  const { api } = await bootOrchestrator(t);
  const id = idOf(await api.post("/api/jobs", js));
  const cancelled = await api.send("DELETE", `/api/jobs/${id}`);
  assert.deepEqual([cancelled.status, cancelled.text], [204, ""]);
  assert.equal(bodyOf(await api.get(`/api/jobs/${id}`), 200).status, "cancelled");
  assert.equal(bodyOf(await api.send("DELETE", `/api/jobs/${id}`), 409).code, "job_ended");
});

test("a job that nobody submitted is not found", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const id of ["00000000-0000-7000-8000-000000000000", "x", "%2e%2e%2fetc", "a'--", "\u{1f600}"]) {
    const path = `/api/jobs/${encodeURIComponent(decodeURIComponent(id))}`;
    for (const [method, at] of [
      ["GET", path],
      ["GET", `${path}?wait=1`],
      ["DELETE", path],
      ["GET", `${path}/events`],
    ] as const) {
      const { error, code } = bodyOf(await api.send(method, at), 404);
      assert.equal(code, "job_not_found", `${method} ${at}`);
      assert.match(String(error), /\.$/);
    }
  }
});

test("the same Idempotency-Key and body give the same job, however the body's keys are ordered", async (t) => {
  const { api } = await bootOrchestrator(t);
  const key = { "idempotency-key": "order 66" };
  const first = await api.post("/api/jobs", '{"job_type":"js","code":"1"}', key);
  const again = await api.post("/api/jobs", '{ "code": "1", "job_type": "js" }', key);
  assert.equal(idOf(again), idOf(first));
  assert.equal(first.headers["idempotency-replayed"], undefined);
  assert.equal(again.headers["idempotency-replayed"], "true");
  assert.equal(bodyOf(await api.get("/api/jobs"), 200).total, 1);
});

test("submissions of one key that race give one job", async (t) => {
  const { api } = await bootOrchestrator(t);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => api.post("/api/jobs", js, { "idempotency-key": "race" })),
  );
  assert.equal(new Set(answers.map(idOf)).size, 1);
  assert.equal(bodyOf(await api.get("/api/jobs"), 200).total, 1);
});

test("another body under the same Idempotency-Key is refused", async (t) => {
  const { api } = await bootOrchestrator(t);
  const key = { "idempotency-key": "k" };
  await api.post("/api/jobs", js, key);
  assert.equal(
    bodyOf(await api.post("/api/jobs", { ...js, priority: 1 }, key), 409).code,
    "idempotency_conflict",
  );
});

test("an Idempotency-Key that is no key is refused", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const key of ["", "x".repeat(256), "\u00e4"]) {
    const answer = await api.post("/api/jobs", js, { "idempotency-key": key });
    assert.match(String(bodyOf(answer, 400).error), /^Idempotency-Key must be/);
  }
});

test("a job beyond the queue's bound is told to come later", async (t) => {
  const { api } = await bootOrchestrator(t, { env: { JOB_QUEUE_MAX_SIZE: "2" } });
  await api.post("/api/jobs", [js, js]);
  const answer = await api.post("/api/jobs", js);
  assert.equal(bodyOf(answer, 503).code, "queue_full");
  assert.ok(Number(answer.headers["retry-after"]) >= 1);
});

test("an accepted job is there after a restart on the same data", async (t) => {
  const first = await bootOrchestrator(t);
  const id = idOf(await first.api.post("/api/jobs", js));
  await first.stop();
  const { api, volunteerUrl } = await bootOrchestrator(t, { flags: { dataDir: first.dataDir } });
  using _volunteer = new ReferenceVolunteer(volunteerUrl);
  assert.partialDeepStrictEqual(bodyOf(await api.get(`/api/jobs/${id}?wait=10`), 200), {
    status: "completed",
    result: 42,
  });
});

test("a wasm job needs a module that is there", async (t) => {
  const { api } = await bootOrchestrator(t);
  const cid = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
  assert.equal(
    bodyOf(await api.post("/api/jobs", { job_type: "wasm", wasm_cid: cid }), 400).code,
    "wasm_not_found",
  );
});

test("stats count jobs, volunteers and what waits", async (t) => {
  const { api } = await bootOrchestrator(t);
  await api.post("/api/jobs", [js, { ...js, namespace: "alice" }, { job_type: "lua", code: "return 1" }]);
  assert.deepEqual(bodyOf(await api.get("/stats"), 200), {
    volunteers: { connected: 0, slots: 0, busy_slots: 0 },
    jobs: { pending: 3, running: 0, completed: 0, failed: 0, cancelled: 0 },
    queue: {
      depth: 3,
      max: 100_000,
      by_language: { wasm: 0, python: 0, lua: 1, js: 2 },
      by_namespace: { default: 2, alice: 1 },
    },
  });
});

test("a volunteer is told its id and how often to send heartbeats", async (t) => {
  const { api, volunteerUrl } = await bootOrchestrator(t, { env: { VOLUNTEER_HEARTBEAT_INTERVAL: "7s" } });
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true } });
  const { volunteer_id, heartbeat_interval_ms } = await volunteer.nextOf("ack");
  assert.equal(heartbeat_interval_ms, 7000);
  assert.partialDeepStrictEqual(bodyOf(await api.get("/api/volunteers"), 200), {
    volunteers: [{ id: volunteer_id }],
  });
});

test("volunteers are listed with what they offer", async (t) => {
  const { api } = await bootWithVolunteer(t);
  await api.post("/api/jobs?wait=10", js);
  assert.partialDeepStrictEqual(bodyOf(await api.get("/api/volunteers"), 200), {
    volunteers: [
      { origin: "remote", slots: 1, capabilities: { js: true, python: false }, jobs_completed: 1 },
    ],
    total: 1,
  });
});

test("a node tells who it is", async (t) => {
  const { api } = await bootOrchestrator(t, { env: { NODE_ID: "n1" } });
  assert.deepEqual(bodyOf(await api.get("/health"), 200), { status: "ok" });
  assert.partialDeepStrictEqual(bodyOf(await api.get("/info"), 200), {
    node_id: "n1",
    content_host: null,
    version: "0.0.0-test",
    job_types: ["wasm", "python", "lua", "js"],
  });
});

test("a node that was given no name keeps the one it made", async (t) => {
  const first = await bootOrchestrator(t);
  const { node_id: made } = bodyOf(await first.api.get("/info"), 200);
  await first.stop();
  const second = await bootOrchestrator(t, { flags: { dataDir: first.dataDir } });
  assert.match(String(made), /^node-[0-9a-f]{12}$/);
  assert.equal(bodyOf(await second.api.get("/info"), 200).node_id, made);
});
