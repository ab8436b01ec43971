import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { closeCodes } from "../../src/protocol/volunteer.ts";
import { atEnd } from "../support/at-end.ts";
import { type BootedOrchestrator, bootOrchestrator } from "../support/orchestrator.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";

const js = { job_type: "js", code: "1" };

async function volunteer(t: TestContext, { volunteerUrl }: BootedOrchestrator, offer: object = {}) {
  const socket = await VolunteerSocket.open(volunteerUrl);
  atEnd(t, () => socket[Symbol.asyncDispose]());
  socket.send({ type: "ready", capabilities: { js: true }, lanes: true, ...offer });
  await socket.nextOf("ack");
  return socket;
}

async function submit({ api }: BootedOrchestrator, job: object = js): Promise<string> {
  return String((await api.post("/api/jobs", job)).headers.location);
}

test("a result for a job of somebody else closes the connection, and the job goes on where it was", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const honest = await volunteer(t, orchestrator);
  const location = await submit(orchestrator);
  const { job_id, lease } = await honest.nextOf("job");
  const thief = await volunteer(t, orchestrator, { capabilities: {} });
  thief.send({ type: "result", job_id, lease, result: "forged" });
  assert.equal((await thief.closed).code, closeCodes.notYours);
  honest.send({ type: "result", job_id, lease, result: "true" });
  const ended = await orchestrator.api.get(`${location}?wait=10`);
  assert.partialDeepStrictEqual(ended.json(), { status: "completed", result: "true" });
});

test("a job whose volunteer vanishes runs elsewhere at once", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const first = await volunteer(t, orchestrator);
  const location = await submit(orchestrator);
  const { lease: oldLease } = await first.nextOf("job");
  const second = await volunteer(t, orchestrator);
  first.webSocket.terminate();
  const { job_id, lease } = await second.nextOf("job");
  assert.notEqual(lease, oldLease);
  second.send({ type: "result", job_id, lease, result: 2 });
  const ended = await orchestrator.api.get(`${location}?wait=10`);
  assert.partialDeepStrictEqual(ended.json(), { status: "completed", result: 2, attempts: 2 });
});

test("a volunteer with a whitelist gets the jobs of its namespaces alone", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const picky = await volunteer(t, orchestrator, { namespaces: ["alice"] });
  await submit(orchestrator, { ...js, namespace: "bob" });
  await submit(orchestrator, { ...js, namespace: "alice" });
  assert.equal((await picky.nextOf("job")).namespace, "alice");
  assert.partialDeepStrictEqual((await orchestrator.api.get("/stats")).json(), { queue: { depth: 1 } });
});

test("cancelling a job that runs tells its volunteer", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const running = await volunteer(t, orchestrator);
  const location = await submit(orchestrator);
  const { job_id, lease } = await running.nextOf("job");
  assert.equal((await orchestrator.api.send("DELETE", location)).status, 204);
  assert.deepEqual(await running.nextOf("cancel"), { type: "cancel", job_id, lease });
});

test("input and result of the largest size pass through", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const strong = await volunteer(t, orchestrator);
  const input = "\u00e4".repeat(4 * 1024 * 1024 - 10);
  const location = await submit(orchestrator, { ...js, input_data: input });
  const { job_id, lease, input_data } = await strong.nextOf("job");
  assert.ok(input_data === input, "the input came whole");
  strong.send({ type: "result", job_id, lease, result: input });
  const ended = (await orchestrator.api.get(`${location}?wait=10`)).json();
  assert.ok(
    typeof ended === "object" && ended && "result" in ended && ended.result === input,
    "so did the result",
  );
});

test("stopping lets what runs finish, within SHUTDOWN_TIMEOUT, and answers those who wait for it", async (t) => {
  const orchestrator = await bootOrchestrator(t, { env: { SHUTDOWN_TIMEOUT: "60s" } });
  const running = await volunteer(t, orchestrator);
  const location = await submit(orchestrator);
  const { job_id, lease } = await running.nextOf("job");
  const waiting = orchestrator.api.get(`${location}?wait=60`);
  // Answered on the same server, so the request before it has arrived.
  await orchestrator.api.get("/health");
  const stopped = orchestrator.stop();
  running.send({ type: "result", job_id, lease, result: "in time" });
  assert.partialDeepStrictEqual((await waiting).json(), { status: "completed", result: "in time" });
  await stopped;
  assert.equal((await running.closed).code, closeCodes.goingAway);
});

test("what does not finish in time runs again after the next start", async (t) => {
  const first = await bootOrchestrator(t, { env: { SHUTDOWN_TIMEOUT: "0" } });
  const late = await volunteer(t, first);
  const location = await submit(first);
  await late.nextOf("job");
  await first.stop();
  const second = await bootOrchestrator(t, { flags: { dataDir: first.dataDir } });
  const again = await volunteer(t, second);
  const { job_id, lease } = await again.nextOf("job");
  again.send({ type: "result", job_id, lease, result: 1 });
  const ended = await second.api.get(`${location}?wait=10`);
  assert.partialDeepStrictEqual(ended.json(), { status: "completed" });
});
