/** Streams of the SDK over connections that break. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Zerverless } from "../../src/client/index.ts";
import { bootClient } from "../support/client.ts";
import { cuttingProxy } from "../support/cutting-proxy.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";

test("what a job prints arrives once, however often the connection breaks", async (t) => {
  const { client, url, volunteerUrl } = await bootClient(t);
  const proxy = await cuttingProxy(t, url);
  const { id } = await client.jobs.submit({ job_type: "js", code: "1" });
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true }, lanes: true });
  const { lease } = await volunteer.nextOf("job");
  let sent = "";
  const print = () => {
    const text = `${sent.length} `;
    sent += text;
    volunteer.send({ type: "log", job_id: id, lease, stream: "stdout", text });
  };
  print();
  let received = "";
  let losses = 0;
  const onConnection = (lost: Error | undefined) => {
    if (!lost) return;
    losses++;
    print();
  };
  for await (const event of new Zerverless({ url: proxy.url }).jobs.events(id, { onConnection })) {
    if (event.type !== "log") continue;
    received += event.text;
    if (received.length < sent.length) continue;
    if (losses < 3) proxy.cut();
    else volunteer.send({ type: "result", job_id: id, lease, result: 1, stdout: sent });
  }
  assert.equal(losses, 3);
  assert.equal(received, sent);
});

test("a function's log is followed across a break without a line lost or told twice", async (t) => {
  const { client, url } = await bootClient(t);
  const proxy = await cuttingProxy(t, url);
  const code = "function handle(req) { return { body: 'x' } }";
  await client.functions.deploy("alice", "f", { runtime: "js", code });
  const paths: string[] = [];
  await client.functions.call("alice", "f/1");
  const onConnection = (lost: Error | undefined) => {
    if (lost) void client.functions.call("alice", "f/2");
  };
  const follower = new Zerverless({ url: proxy.url }).functions.followLogs(
    "alice",
    "f",
    {},
    { onConnection },
  );
  for await (const event of follower) {
    if (event.type === "line") paths.push(event.line.call?.path ?? "");
    if (paths.length === 1) proxy.cut();
    else break;
  }
  assert.deepEqual(paths, ["/alice/f/1", "/alice/f/2"]);
});

test("an overview's stream begins anew with the whole picture", async (t) => {
  const { url } = await bootClient(t);
  const proxy = await cuttingProxy(t, url);
  const kinds: string[] = [];
  for await (const event of new Zerverless({ url: proxy.url }).watchOverview()) {
    kinds.push(event.type);
    if (kinds.filter((kind) => kind === "overview").length === 2) break;
    proxy.cut();
  }
  assert.equal(kinds.at(-1), "overview");
});
