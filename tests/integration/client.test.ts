/** The SDK against a whole orchestrator. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type JobEvent, Zerverless } from "../../src/client/index.ts";
import { jobDetailSchema } from "../../src/protocol/job.ts";
import { bootClient } from "../support/client.ts";
import { ReferenceVolunteer } from "../support/reference-volunteer.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";
import { assemble } from "../support/wat.ts";

const js = { job_type: "js", code: "6 * 7" } as const;

async function drained<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  return Array.fromAsync(items);
}

test("a job is submitted, waited for and read", async (t) => {
  const { client, volunteerUrl } = await bootClient(t);
  const job = await client.jobs.submit(js);
  assert.equal(job.status, "pending");
  using _volunteer = new ReferenceVolunteer(volunteerUrl);
  assert.equal((await client.jobs.wait(job.id)).status, "completed");
  assert.equal((await client.jobs.run(js)).status, "completed");
  assert.equal((await client.jobs.get(job.id)).code, "6 * 7");
});

test("waiting ends with the job as it stands when the time is up", async (t) => {
  const { client } = await bootClient(t);
  const { id } = await client.jobs.submit(js);
  assert.equal((await client.jobs.wait(id, { timeoutMs: 10 })).status, "pending");
  assert.equal((await client.jobs.run(js, { timeoutMs: 10 })).status, "pending");
});

test("many jobs are submitted together, and listed page by page without one twice", async (t) => {
  const { client } = await bootClient(t);
  const submitted = await client.jobs.submitMany(Array(7).fill(js));
  await client.jobs.submit({ ...js, namespace: "bob" });
  const { total, jobs } = await client.jobs.list({ namespace: "default", limit: 2 });
  assert.deepEqual([total, jobs.length], [7, 2]);
  const all = await drained(client.jobs.all({ namespace: "default", limit: 3 }));
  assert.deepEqual(
    all.map((job) => job.id),
    submitted.map((job) => job.id).reverse(),
  );
});

test("the same idempotency key is the same submission", async (t) => {
  const { client } = await bootClient(t);
  const first = await client.jobs.submit(js, { idempotencyKey: "k" });
  const again = await client.jobs.submit(js, { idempotencyKey: "k" });
  assert.equal(again.id, first.id);
  assert.notEqual((await client.jobs.submit(js)).id, first.id);
});

test("a job is cancelled once", async (t) => {
  const { client } = await bootClient(t);
  const { id } = await client.jobs.submit(js);
  await client.jobs.cancel(id);
  assert.equal((await client.jobs.get(id)).status, "cancelled");
  await assert.rejects(client.jobs.cancel(id), { name: "ZerverlessError", code: "job_ended", status: 409 });
});

test("a job is run again as it was", async (t) => {
  const { client } = await bootClient(t);
  const asked = { ...js, namespace: "bob", input_data: { a: [1.5] }, timeout_seconds: 2.5, memory_mb: 64 };
  const first = await client.jobs.submit({ ...asked, priority: 3, max_retries: 1 });
  const again = await client.jobs.rerun(first.id, { idempotencyKey: "again" });
  assert.notEqual(again.id, first.id);
  assert.equal((await client.jobs.rerun(first.id, { idempotencyKey: "again" })).id, again.id);
  const { id: _, created_at: __, timings: ___, waiting_for: ____, ...rest } = await client.jobs.get(again.id);
  assert.partialDeepStrictEqual(await client.jobs.get(first.id), rest);
  const { cid } = await client.modules.upload(new Uint8Array(await assemble("(module)")));
  const wasm = await client.jobs.rerun((await client.jobs.submit({ job_type: "wasm", wasm_cid: cid })).id);
  assert.equal(wasm.wasm_cid, cid);
  await assert.rejects(client.jobs.rerun("nobody"), { code: "job_not_found" });
});

test("a job tells why it waits and how long", async (t) => {
  const { client, api } = await bootClient(t);
  const { id } = await client.jobs.submit(js);
  const detail = jobDetailSchema.strict().parse((await api.get(`/api/jobs/${id}`)).json());
  assert.equal(detail.waiting_for?.reason, "no_volunteer");
  assert.equal(detail.volunteer, null);
  assert.ok(detail.timings.queue_ms >= 0);
});

test("a job's events come from its beginning to its end", async (t) => {
  const { client, volunteerUrl } = await bootClient(t);
  const { id } = await client.jobs.submit(js);
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true }, lanes: true });
  const { lease } = await volunteer.nextOf("job");
  volunteer.send({ type: "log", job_id: id, lease, stream: "stdout", text: "half\n" });
  const events: JobEvent[] = [];
  for await (const event of client.jobs.events(id)) {
    events.push(event);
    if (event.type === "log") {
      volunteer.send({ type: "result", job_id: id, lease, result: 1, stdout: "half\n" });
    }
  }
  assert.deepEqual(
    events.map((event) => (event.type === "job" ? event.job.status : event.type)),
    ["running", "log", "completed"],
  );
});

test("a stream that is no longer wanted ends with the loop or the signal", async (t) => {
  const { client } = await bootClient(t);
  const { id } = await client.jobs.submit(js);
  for await (const event of client.jobs.events(id)) {
    assert.equal(event.type, "job");
    break;
  }
  const stop = new AbortController();
  const watching = drained(client.jobs.watch({}, { signal: stop.signal, onConnection: () => stop.abort() }));
  await assert.rejects(watching, { name: "AbortError" });
});

test("a stream is taken up again when the orchestrator comes back", async (t) => {
  const first = await bootClient(t);
  const { id } = await first.client.jobs.submit(js);
  const connections: (string | undefined)[] = [];
  const lost = Promise.withResolvers<void>();
  const seen = (async () => {
    const onConnection = (error: Error | undefined) => {
      connections.push(error?.message);
      if (error) lost.resolve();
    };
    return drained(first.client.jobs.events(id, { onConnection }));
  })();
  await first.api.get("/health");
  await first.stop();
  await lost.promise;
  const port = first.url.port;
  const second = await bootClient(t, { flags: { dataDir: first.dataDir, port } });
  await second.client.jobs.cancel(id);
  const events = await seen;
  const last = events.at(-1);
  assert.equal(last?.type === "job" && last.job.status, "cancelled");
  assert.equal(connections[0], undefined);
  assert.ok(connections.length >= 3);
});

test("a module is stored once and comes back", async (t) => {
  const { client } = await bootClient(t);
  const bytes = new Uint8Array(await assemble("(module)"));
  const { cid, size } = await client.modules.upload(bytes);
  assert.equal(size, bytes.length);
  assert.equal((await client.modules.upload(bytes)).cid, cid);
  assert.deepEqual(await client.modules.get(cid), bytes);
});

test("a function is deployed, called, rolled back, logged and removed", async (t) => {
  const { client } = await bootClient(t);
  const code = (word: string) => `function handle(req) { return { body: "${word} " + req.route } }`;
  const options = { runtime: "js" } as const;
  await client.functions.deploy("alice", "hello there", { ...options, code: code("one") });
  const second = await client.functions.deploy("alice", "hello there", { ...options, code: code("two") });
  assert.equal(second.revision, 2);
  const answer = await client.functions.call("alice", "hello there/x", { query: { a: 1 } });
  assert.equal(await answer.text(), "two /x");
  assert.equal((await client.functions.rollback("alice", "hello there", 1)).revision, 1);
  assert.equal((await client.functions.get("alice", "hello there")).revisions.length, 2);
  assert.equal((await client.functions.list({ namespace: "alice" })).total, 1);
  const lines = await client.functions.logs("alice", "hello there", { level: "call" });
  assert.equal(lines[0]?.call?.status, 200);
  await client.functions.delete("alice", "hello there");
  assert.equal((await client.functions.call("alice", "hello there")).status, 404);
});

test("a function's log is followed from what there is to what comes", async (t) => {
  const { client } = await bootClient(t);
  const code = "function handle(req) { return { body: 'x' } }";
  await client.functions.deploy("alice", "f", { runtime: "js", code });
  await client.functions.call("alice", "f");
  let lines = 0;
  for await (const event of client.functions.followLogs("alice", "f")) {
    assert.equal(event.type, "line");
    if (++lines === 2) break;
    await client.functions.call("alice", "f");
  }
  assert.equal(lines, 2);
});

test("values are kept, conditioned, batched and listed", async (t) => {
  const { client } = await bootClient(t);
  const kv = client.kv("alice");
  assert.equal(await kv.get("a/b?c"), undefined);
  const { version } = await kv.put("a/b?c", { n: [1, null] });
  assert.partialDeepStrictEqual(await kv.get("a/b?c"), { value: { n: [1, null] }, version });
  await assert.rejects(kv.put("a/b?c", 2, { ifVersion: 0 }), { code: "version_mismatch", status: 412 });
  await kv.put("a/b?c", 2, { ifVersion: version });
  const [counted] = await kv.batch([{ op: "increment", key: "n" }]);
  assert.partialDeepStrictEqual(counted, { op: "increment", value: 1 });
  await kv.batch(
    Array.from({ length: 1000 }, (_, n) => ({ op: "set", key: `many/${n}`, value: n }) as const),
  );
  assert.equal((await drained(kv.keys("many/"))).length, 1000);
  assert.equal((await kv.list({ prefix: "many/", limit: 2 })).keys.length, 2);
  assert.equal(await kv.delete("n"), true);
  assert.equal(await kv.delete("n"), false);
  await assert.rejects(kv.get(".."), { code: "invalid_key" });
});

test("a value's text is kept and read digit by digit", async (t) => {
  const { client } = await bootClient(t);
  const kv = client.kv("alice");
  const json = '{"id": 12345678901234567890.10, "value": "\\u00e9"}';
  await kv.putText("a/long", json, { ttl: 60 });
  const found = (await kv.getText("a/long")) ?? "";
  assert.ok(found.includes(`"value":${json}`), found);
  await assert.rejects(kv.putText("a/long", "1", { ifVersion: 7 }), { code: "version_mismatch" });
  assert.equal(await kv.getText("missing"), undefined);
});

test("the beginning of a file is fetched alone", async (t) => {
  const { client } = await bootClient(t);
  await client.files("alice").put("a.txt", "0123456789");
  const read = async (firstBytes: number) =>
    (await client.files("alice").get("a.txt", { firstBytes }))?.text();
  assert.equal(await read(4), "0123");
  assert.equal(await read(400), "0123456789");
});

test("a folder is listed with the folders in it", async (t) => {
  const { client } = await bootClient(t);
  const files = client.files("alice");
  for (const path of ["a.txt", "css/a.css", "css/img/b.png"]) await files.put(path, "x");
  const root = await files.folder();
  assert.deepEqual([root.files.map(({ path }) => path), root.folders], [["a.txt"], ["css/"]]);
  assert.deepEqual((await files.folder({ prefix: "css/" })).folders, ["css/img/"]);
});

test("files are stored with progress, fetched, listed and deleted", async (t) => {
  const { client } = await bootClient(t);
  const files = client.files("alice");
  const bytes = new Uint8Array(1_000_000).fill(7);
  const sent: number[] = [];
  const stored = await files.put("a/b c.bin", bytes, { onProgress: (progress) => sent.push(progress.sent) });
  assert.equal(stored.size, bytes.length);
  assert.ok(sent.length > 2);
  assert.equal(sent.at(-1), bytes.length);
  const response = await files.get("a/b c.bin");
  assert.deepEqual(new Uint8Array((await response?.arrayBuffer()) ?? new ArrayBuffer()), bytes);
  await files.put("empty.txt", "", { onProgress: () => undefined });
  assert.deepEqual(
    (await drained(files.all())).map((file) => file.path),
    ["a/b c.bin", "empty.txt"],
  );
  assert.equal(await files.delete("a/b c.bin"), true);
  assert.equal(await files.delete("a/b c.bin"), false);
  assert.equal(await files.get("a/b c.bin"), undefined);
});

test("an orchestrator tells of itself and of who is connected", async (t) => {
  const { client, volunteerUrl } = await bootClient(t);
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true }, agent: "me" });
  await volunteer.nextOf("ack");
  assert.equal((await client.health()).status, "ok");
  assert.equal((await client.info()).version, "0.0.0-test");
  assert.equal((await client.stats()).volunteers.connected, 1);
  assert.equal((await client.volunteers()).volunteers[0]?.agent, "me");
  assert.match(await client.webhookSecret("alice"), /^whsec_/);
});

test("where nobody listens, the error says so", async (t) => {
  const { client, stop, url } = await bootClient(t);
  await stop();
  await assert.rejects(new Zerverless({ url, retries: 0 }).health(), { code: "unreachable", status: 0 });
  assert.equal(client.url.href, url.href);
});
