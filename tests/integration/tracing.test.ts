import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { type CollectedSpan, OtlpCollector } from "../support/otlp-collector.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";
import { testCacheDir } from "../support/worker.ts";

/** Traces as a collector gets them. */

const traceId = "0af7651916cd43dd8448eb211c80319c";
const callerSpan = "b7ad6b7169203331";
const traceparent = `00-${traceId}-${callerSpan}-01`;
const server = 2;

const envFor = ({ endpoint }: OtlpCollector) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });

function assertInside(inner: CollectedSpan, outer: CollectedSpan): void {
  assert.equal(inner.parentSpanId, outer.spanId, `${inner.name} belongs to ${outer.name}`);
  assert.equal(inner.traceId, outer.traceId);
  assert.ok(
    inner.startMs >= outer.startMs && inner.endMs <= outer.endMs,
    `${inner.name} lies in ${outer.name}`,
  );
  assert.ok(inner.startMs <= inner.endMs);
}

test("a job is traced from its request through the queue and its volunteer to the cell, in the caller's trace", async (t) => {
  const collector = await OtlpCollector.start(t);
  const { api, volunteerUrl, stop } = await bootOrchestrator(t, { env: envFor(collector) });
  const job = { job_type: "js", code: "1", namespace: "alice" };
  const { id } = (await api.post("/api/jobs", job, { traceparent })).json() as { id: string };
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true } });
  const { job_id } = await volunteer.nextOf("job");
  volunteer.send({ type: "result", job_id, result: 1, stats: { wall_ms: 0.25 } });
  await eventually(async () => (await api.get(`/api/jobs/${id}`)).text.includes('"completed"'));
  await stop();
  const request = collector.one("POST /api/jobs");
  assert.deepEqual([request.traceId, request.parentSpanId, request.kind], [traceId, callerSpan, server]);
  assert.partialDeepStrictEqual(request.attributes, {
    "http.request.method": "POST",
    "http.route": "/api/jobs",
    "http.response.status_code": 201,
  });
  const whole = collector.one("job js");
  assert.deepEqual([whole.traceId, whole.parentSpanId], [traceId, request.spanId]);
  assert.partialDeepStrictEqual(whole.attributes, {
    "zerverless.job.id": id,
    "zerverless.job.status": "completed",
    "zerverless.namespace": "alice",
  });
  const [queue, turn, cell] = [collector.one("queue"), collector.one("volunteer"), collector.one("cell")];
  assertInside(queue, whole);
  assertInside(turn, whole);
  assertInside(cell, turn);
  assert.equal(queue.endMs, turn.startMs);
  assert.ok(typeof turn.attributes["zerverless.volunteer.id"] === "string");
  assert.partialDeepStrictEqual(collector.resources[0] ?? {}, { "service.name": "zerverless" });
});

test("a job whose volunteer is lost shows each of its turns, and the failed one as such", async (t) => {
  const collector = await OtlpCollector.start(t);
  const { api, volunteerUrl, stop } = await bootOrchestrator(t, { env: envFor(collector) });
  const { id } = (await api.post("/api/jobs", { job_type: "js", code: "1" })).json() as { id: string };
  const first = await VolunteerSocket.open(volunteerUrl);
  first.send({ type: "ready", capabilities: { js: true } });
  await first.nextOf("job");
  await first[Symbol.asyncDispose]();
  await using second = await VolunteerSocket.open(volunteerUrl);
  second.send({ type: "ready", capabilities: { js: true } });
  const { job_id } = await second.nextOf("job");
  second.send({ type: "error", job_id, error: "no", code: "guest_error" });
  await eventually(async () => (await api.get(`/api/jobs/${id}`)).text.includes('"failed"'));
  await stop();
  const whole = collector.one("job js");
  assert.equal(whole.failed, true);
  const turns = collector.spans.filter(({ name }) => name === "volunteer");
  assert.equal(turns.length, 2);
  for (const turn of turns) {
    assertInside(turn, whole);
    assert.equal(turn.failed, true);
  }
  assert.equal(collector.spans.filter(({ name }) => name === "queue").length, 2);
});

test("a function is called in its caller's trace, and finds the header to go on with it", async (t) => {
  const collector = await OtlpCollector.start(t);
  const { api, deploy, stop } = await bootFunctions(t, { env: envFor(collector) });
  await deploy("/alice/f", "function handle(req) { return { body: req.headers.traceparent }; }");
  const answer = await api.get("/alice/f/x?secret=1", { traceparent, tracestate: "vendor=1" });
  await stop();
  const request = collector.one("GET /{namespace}/{path}");
  assert.deepEqual([request.traceId, request.parentSpanId], [traceId, callerSpan]);
  assert.equal(answer.text, `00-${traceId}-${request.spanId}-01`);
  const call = collector.one("call js");
  assert.equal(call.parentSpanId, request.spanId);
  assert.partialDeepStrictEqual(call.attributes, {
    "zerverless.function": "/alice/f",
    "zerverless.revision": 1,
  });
  const turn = collector.spans.find(
    ({ name, parentSpanId }) => name === "volunteer" && parentSpanId === call.spanId,
  );
  assert.ok(turn);
  assertInside(collector.one("cell"), turn);
  assert.doesNotMatch(JSON.stringify(collector.spans), /secret/);
});

test("real workers and cells show in the traces of a real orchestrator", { timeout: 60_000 }, async (t) => {
  const collector = await OtlpCollector.start(t);
  const {
    api,
    process: child,
    ended,
  } = await spawnOrchestrator(t, {
    args: ["--workers", "1"],
    env: {
      ...envFor(collector),
      CACHE_DIR: testCacheDir,
      OTEL_EXPORTER_OTLP_HEADERS: "api-key=k%20y",
      OTEL_SERVICE_NAME: "mine",
    },
  });
  const done = await api.post("/api/jobs?wait=30", { job_type: "js", code: "1" }, { traceparent });
  assert.partialDeepStrictEqual(done.json(), { status: "completed" });
  const code = "function handle() { return { body: 'x' }; }";
  assert.equal((await api.post("/api/deploy/alice/f", { runtime: "js", code })).status, 201);
  assert.equal((await api.get("/alice/f", { traceparent })).text, "x");
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  for (const [name, request] of [
    ["job js", "POST /api/jobs"],
    ["call js", "GET /{namespace}/{path}"],
  ] as const) {
    const whole = collector.one(name);
    assert.equal(whole.parentSpanId, collector.one(request).spanId);
    const turn = collector.spans.find(
      (span) => span.name === "volunteer" && span.parentSpanId === whole.spanId,
    );
    assert.ok(turn, `${name} has a turn on a volunteer`);
    const cell = collector.spans.find((span) => span.name === "cell" && span.parentSpanId === turn.spanId);
    assert.ok(cell && cell.endMs > cell.startMs, `${name} ran in a cell`);
  }
  assert.equal(collector.headers[0]?.["api-key"], "k y");
  assert.partialDeepStrictEqual(collector.resources[0] ?? {}, { "service.name": "mine" });
});

test("what a caller does not want to be traced is not, and what begins here is as often as is asked", async (t) => {
  const collector = await OtlpCollector.start(t);
  const env = { ...envFor(collector), OTEL_TRACES_SAMPLER_ARG: "0" };
  const { api, stop } = await bootOrchestrator(t, { env });
  await api.get("/health", { traceparent: `00-${traceId}-${callerSpan}-00` });
  await api.get("/health");
  await api.get("/health", { traceparent: "nonsense" });
  await api.get("/info", { traceparent });
  await stop();
  assert.deepEqual(
    collector.spans.map(({ name }) => name),
    ["GET /info"],
  );
});

test("a collector that is away costs nobody anything", { timeout: 60_000 }, async (t) => {
  const {
    api,
    process: child,
    ended,
  } = await spawnOrchestrator(t, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", LOG_LEVEL: "error" },
  });
  for (let n = 0; n < 50; n++) assert.equal((await api.get("/health", { traceparent })).status, 200);
  const since = performance.now();
  child.kill("SIGTERM");
  assert.equal(await ended, 0);
  assert.ok(performance.now() - since < 8000, `it took ${performance.now() - since} ms to stop`);
});
