import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { heartbeatMs } from "../../src/http/event-stream.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import type { Api } from "../support/api.ts";
import { atEnd } from "../support/at-end.ts";
import { EventReader } from "../support/event-source.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { ReferenceVolunteer } from "../support/reference-volunteer.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";

const js = { job_type: "js", code: "6 * 7" };

async function submit(api: Api, job: object = js): Promise<string> {
  const answer = await api.post("/api/jobs", job);
  const body = answer.json();
  assert.ok(typeof body === "object" && body && "id" in body && typeof body.id === "string", answer.text);
  return body.id;
}

async function read(t: TestContext, url: URL, path: string, headers?: Readonly<Record<string, string>>) {
  const reader = await EventReader.open(new URL(path, url), headers);
  atEnd(t, () => reader[Symbol.dispose]());
  return reader;
}

function statusesOf(events: readonly { readonly event: string; readonly data: unknown }[]): unknown[] {
  return events.flatMap(({ event, data }) =>
    event === "job" && typeof data === "object" && data && "status" in data ? [data.status] : [],
  );
}

test("a job's stream tells how it stands, every change, and ends with its end", async (t) => {
  const { api, url, volunteerUrl } = await bootOrchestrator(t);
  const id = await submit(api);
  const stream = await read(t, url, `/api/jobs/${id}/events`);
  assert.equal(stream.response.headers["content-type"], "text/event-stream; charset=utf-8");
  assert.equal(stream.response.headers["cache-control"], "no-store");
  const first = await stream.next();
  assert.partialDeepStrictEqual(first, { event: "job", data: { id, status: "pending" } });
  using _volunteer = new ReferenceVolunteer(volunteerUrl);
  const rest = await stream.rest();
  assert.deepEqual(statusesOf(rest), ["running", "completed"]);
  assert.equal(rest.at(-1)?.id, "end");
});

test("what a job prints arrives while it runs", async (t) => {
  const { api, url, volunteerUrl } = await bootOrchestrator(t);
  const id = await submit(api);
  const stream = await read(t, url, `/api/jobs/${id}/events`);
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true }, lanes: true });
  const { lease } = await volunteer.nextOf("job");
  volunteer.send({ type: "log", job_id: id, lease, stream: "stdout", text: "half\n" });
  let event = await stream.next();
  while (event?.event === "job") event = await stream.next();
  assert.partialDeepStrictEqual(event, {
    event: "log",
    data: { job_id: id, stream: "stdout", text: "half\n" },
  });
  volunteer.send({ type: "result", job_id: id, lease, result: 1, stdout: "half\n" });
  assert.deepEqual(statusesOf(await stream.rest()), ["completed"]);
});

test("the stream of a job that has ended tells its end and ends", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const id = await submit(api);
  await api.send("DELETE", `/api/jobs/${id}`);
  const events = await (await read(t, url, `/api/jobs/${id}/events`)).rest();
  assert.equal(statusesOf(events).at(-1), "cancelled");
});

test("a browser that reconnects after a job's end is told to stay away", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const id = await submit(api);
  await api.send("DELETE", `/api/jobs/${id}`);
  const again = await read(t, url, `/api/jobs/${id}/events`, { "last-event-id": "end" });
  assert.equal(again.response.statusCode, 204);
});

test("whoever comes back to a job's stream goes on after what they have", async (t) => {
  const { api, url, volunteerUrl } = await bootOrchestrator(t);
  const id = await submit(api);
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true }, lanes: true });
  const { lease } = await volunteer.nextOf("job");
  const print = (stream: "stdout" | "stderr", text: string) =>
    volunteer.send({ type: "log", job_id: id, lease, stream, text });
  const path = `/api/jobs/${id}/events`;
  const stream = await read(t, url, path);
  print("stdout", "one ");
  print("stderr", "oops ");
  const nextLog = async (reader: EventReader) => {
    for (;;) {
      const event = await reader.next();
      if (event?.event !== "job") return event;
    }
  };
  await nextLog(stream);
  const seen = await nextLog(stream);
  assert.partialDeepStrictEqual(seen, { data: { text: "oops " } });
  stream[Symbol.dispose]();
  print("stdout", "two");
  const again = await read(t, url, path, { "last-event-id": seen?.id ?? "" });
  assert.partialDeepStrictEqual(await nextLog(again), { data: { stream: "stdout", text: "two" } });
  volunteer.send({ type: "result", job_id: id, lease, result: 1, stdout: "one two", stderr: "oops again" });
  assert.deepEqual(statusesOf(await again.rest()), ["completed"]);
  const late = await (await read(t, url, path, { "last-event-id": seen?.id ?? "" })).rest();
  assert.deepEqual(
    late.map(({ data }) => (typeof data === "object" && data && "text" in data ? data.text : "end")),
    ["two", "again", "end"],
  );
});

test("the stream of everything tells of every job, or of one namespace", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const all = await read(t, url, "/api/events");
  const bobs = await read(t, url, "/api/events?namespace=bob");
  const alice = await submit(api, { ...js, namespace: "alice" });
  const bob = await submit(api, { ...js, namespace: "bob" });
  assert.partialDeepStrictEqual(await all.next(), { data: { id: alice, status: "pending" } });
  assert.partialDeepStrictEqual(await all.next(), { data: { id: bob, status: "pending" } });
  assert.partialDeepStrictEqual(await bobs.next(), { data: { id: bob, namespace: "bob" } });
});

test("a filter that is none is refused before the stream begins", async (t) => {
  const { api } = await bootOrchestrator(t);
  const answer = await api.get("/api/events?namespace=No");
  assert.equal(answer.status, 400);
  assert.partialDeepStrictEqual(answer.json(), { code: "invalid_request" });
});

test("a quiet stream is kept alive", async (t) => {
  const clock = new ManualClock();
  const { api, url } = await bootOrchestrator(t, { clock });
  const stream = await read(t, url, "/api/events");
  clock.advance(heartbeatMs);
  clock.advance(heartbeatMs);
  await submit(api);
  await stream.next();
  assert.equal(stream.comments, 3, "one to say that it is connected, two to keep it so");
});

test("streams end when the orchestrator stops", async (t) => {
  const { url, stop } = await bootOrchestrator(t);
  const stream = await read(t, url, "/api/events");
  await stop();
  assert.deepEqual(await stream.rest(), []);
});

test("a reader that leaves makes room", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const id = await submit(api);
  for (let round = 0; round < 30; round++) {
    using stream = await EventReader.open(new URL(`/api/jobs/${id}/events`, url));
    assert.ok(await stream.next());
  }
  assert.equal((await api.get("/health")).status, 200);
});

test("a reader that does not read is let go and told so, and nobody else suffers", async (t) => {
  const { api, url, volunteerUrl } = await bootOrchestrator(t);
  const slow = await read(t, url, "/api/events");
  slow.response.pause();
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  // More than the sockets of this machine and the stream's own buffer hold together.
  const printing = 24;
  volunteer.send({ type: "ready", capabilities: { js: true }, lanes: true, slots: printing });
  const text = "x".repeat(1_000_000);
  await api.post("/api/jobs", Array(printing).fill(js));
  for (let ran = 0; ran < printing; ran++) {
    const { job_id, lease } = await volunteer.nextOf("job");
    volunteer.send({ type: "log", job_id, lease, stream: "stdout", text });
    volunteer.send({ type: "result", job_id, lease, result: 1 });
  }
  assert.partialDeepStrictEqual((await api.post("/api/jobs?wait=0.01", js)).json(), { job_type: "js" });
  slow.response.resume();
  const events = await slow.rest();
  assert.equal(events.at(-1)?.event, "lagged");
});
