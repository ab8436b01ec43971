import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually } from "../support/eventually.ts";
import { get, Held, missing, residentBytes, run, serveDuring } from "../support/hostile.ts";
import { spawnOrchestrator } from "../support/spawn.ts";

/** Clients that want to harm: real ones, against a real process, while somebody else wants to be served. */

const mebibyte = 1024 * 1024;
const slow = { skip: missing("slowhttptest"), timeout: 60_000 };

test("clients that trickle their headers keep nobody else from being served", slow, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  const args = ["-c", "800", "-H", "-i", "3", "-r", "400", "-t", "GET", "-x", "24", "-p", "3", "-l", "8"];
  const attack = run("slowhttptest", [...args, "-u", new URL("/stats", orchestrator.url).href]);
  assert.ok((await serveDuring(orchestrator, attack)) > 10);
  assert.ok(residentBytes(orchestrator) - before < 150 * mebibyte);
});

test("clients that trickle their bodies keep nobody else from being served", slow, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  const args = [
    "-c",
    "800",
    "-B",
    "-i",
    "3",
    "-r",
    "400",
    "-s",
    "8192",
    "-t",
    "POST",
    "-x",
    "10",
    "-p",
    "3",
    "-l",
    "8",
  ];
  const attack = run("slowhttptest", [...args, "-u", new URL("/api/jobs", orchestrator.url).href]);
  assert.ok((await serveDuring(orchestrator, attack)) > 10);
  assert.ok(residentBytes(orchestrator) - before < 150 * mebibyte);
});

test("clients that read slowly keep nobody else from being served", slow, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const job = { job_type: "js", code: "1", input_data: "x".repeat(mebibyte) };
  const { id } = (await orchestrator.api.post("/api/jobs", job)).json() as { id: string };
  const before = residentBytes(orchestrator);
  const args = [
    "-c",
    "300",
    "-X",
    "-r",
    "150",
    "-w",
    "10",
    "-y",
    "20",
    "-n",
    "3",
    "-z",
    "32",
    "-p",
    "3",
    "-l",
    "8",
  ];
  const attack = run("slowhttptest", [...args, "-u", new URL(`/api/jobs/${id}`, orchestrator.url).href]);
  assert.ok((await serveDuring(orchestrator, attack)) > 5);
  assert.ok(residentBytes(orchestrator) - before < 600 * mebibyte);
});

test("as many requests as can be sent at once keep nobody else from being served", {
  skip: missing("wrk"),
  timeout: 60_000,
}, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  const attack = run("wrk", [
    "-t",
    "2",
    "-c",
    "128",
    "-d",
    "5s",
    new URL("/api/jobs", orchestrator.url).href,
  ]);
  assert.ok((await serveDuring(orchestrator, attack)) > 5);
  assert.match(await attack, /Requests\/sec/);
  assert.ok(residentBytes(orchestrator) - before < 300 * mebibyte);
});

test("one address may not hold every connection, and is told so", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t, { env: { CONNECTIONS_PER_ADDRESS_MAX: "100" } });
  const busy = await Held.many(t, orchestrator.url, 100);
  for (const held of busy) held.read().socket.write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  await eventually(async () => busy.every(({ received }) => received.includes("connected")));
  const refused = (await Held.open(t, orchestrator.url)).read();
  await eventually(async () => refused.closed);
  assert.match(refused.received, /^HTTP\/1\.1 503 [\s\S]*"too_many_connections"/);
  assert.equal(await get(orchestrator.url, "/health"), 200);
});

test("connections that only idle make room for those that want something", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t, { env: { CONNECTIONS_MAX: "300" } });
  const idle = await Held.many(t, orchestrator.url, 300);
  assert.equal(await get(orchestrator.url, "/health"), 200);
  await eventually(async () => idle.filter(({ closed }) => closed).length > 250);
});

test("headers and addresses beyond all measure are refused", { timeout: 60_000 }, async (t) => {
  const { url, api } = await spawnOrchestrator(t);
  const large = "x".repeat(20_000);
  const heads = [`GET /${large} HTTP/1.1\r\n`, `GET / HTTP/1.1\r\nX-Bomb: ${large}\r\n`];
  heads.push(`GET / HTTP/1.1\r\n${"X-N: 1\r\n".repeat(3000)}`);
  for (const head of heads) {
    const bomb = (await Held.open(t, url)).read();
    bomb.socket.write(`${head}Host: x\r\n\r\n`);
    await eventually(async () => bomb.closed);
    assert.match(bomb.received, /^HTTP\/1\.1 431 [\s\S]*"headers_too_large"/);
  }
  // Who goes on sending when it has been refused is hung up on.
  const flood = await Held.open(t, url);
  flood.socket.write(`GET /${"x".repeat(50_000_000)}`);
  await eventually(async () => flood.closed);
  assert.equal((await api.get("/health")).status, 200);
});

test("requests sent far ahead of their answers cost their sender the connection", {
  timeout: 60_000,
}, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const { id } = (await orchestrator.api.post("/api/jobs", { job_type: "js", code: "1" })).json() as {
    id: string;
  };
  const before = residentBytes(orchestrator);
  const ahead = `GET /api/jobs/${id}?wait=60 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(5000);
  const senders = await Held.many(t, orchestrator.url, 20);
  for (const { socket } of senders) socket.write(ahead);
  await eventually(async () => senders.every(({ closed }) => closed));
  assert.equal(await get(orchestrator.url, "/health"), 200);
  assert.ok(residentBytes(orchestrator) - before < 200 * mebibyte);
});

test("what would unfold into gigabytes is never unfolded", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const bomb = gzipSync(Buffer.alloc(64 * mebibyte, " "));
  const before = residentBytes(orchestrator);
  const headers = { "content-type": "application/json", "content-encoding": "gzip" };
  for (const path of ["/api/jobs", "/api/deploy/alice/f", "/api/db/alice"]) {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => orchestrator.api.send("POST", path, { body: bomb, headers })),
    );
    for (const { status } of answers) assert.equal(status, 415, path);
  }
  assert.ok(residentBytes(orchestrator) - before < 60 * mebibyte);
});

test("large answers that nobody reads take no more memory than is set aside for them", {
  timeout: 60_000,
}, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const job = { job_type: "js", code: "1", input_data: "x".repeat(7.9 * mebibyte) };
  const { id } = (await orchestrator.api.post("/api/jobs", job)).json() as { id: string };
  const before = residentBytes(orchestrator);
  const readers = await Held.many(t, orchestrator.url, 150);
  for (const { socket } of readers) {
    socket.pause();
    socket.write(`GET /api/jobs/${id} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  }
  // 1.2 GiB in all, of which the operating system holds a part.
  await eventually(async () => {
    const { text } = await orchestrator.api.get("/metrics");
    return /zerverless_turned_away_total\{what="unread_answers"\} [1-9]/.test(text);
  });
  assert.equal(await get(orchestrator.url, "/health"), 200);
  const grown = residentBytes(orchestrator) - before;
  // Connections are looked at twice a second; on a busy machine much is written between two looks.
  assert.ok(grown < 1000 * mebibyte, `${Math.round(grown / mebibyte)} MiB more`);
});

test("one client has some event streams and leaves the others to the others", {
  timeout: 60_000,
}, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  const streams = await Held.many(t, orchestrator.url, 1100);
  for (const stream of streams)
    stream.read().socket.write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  const count = (pattern: RegExp) => streams.filter(({ received }) => pattern.test(received)).length;
  await eventually(async () => count(/connected/) + count(/"too_many_streams"/) === 1100);
  assert.equal(count(/connected/), 250);
  const other = (await Held.open(t, orchestrator.url, "127.0.0.2")).read();
  other.socket.write("GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  await eventually(async () => other.received.includes("connected"));
  // What happens is told to all of them, read or not.
  const jobs = Array.from({ length: 1000 }, () => ({ job_type: "js", code: "1" }));
  for (let n = 0; n < 5; n++) assert.equal((await orchestrator.api.post("/api/jobs", jobs)).status, 201);
  await eventually(async () => other.received.split("event: job").length > 5000);
  assert.ok(residentBytes(orchestrator) - before < 400 * mebibyte);
});

test("behind a proxy that is trusted each client counts by its own address", {
  timeout: 60_000,
}, async (t) => {
  const token = "an-admin-token-for-this-test-alone";
  const env = {
    TRUST_PROXY: "127.0.0.1",
    CONNECTIONS_PER_ADDRESS_MAX: "50",
    ADMIN_TOKEN: token,
    RATE_LIMIT_TOKEN: "10000",
  };
  const orchestrator = await spawnOrchestrator(t, { env });
  const streams = await Held.many(t, orchestrator.url, 300);
  const ask = (client: string) =>
    `GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
    `X-Forwarded-For: 192.0.2.9, ${client}\r\n\r\n`;
  for (const [n, stream] of streams.entries()) {
    stream.read().socket.write(ask(n < 255 ? "198.51.100.1" : `203.0.113.${n - 250}`));
  }
  const count = (pattern: RegExp) => streams.filter(({ received }) => pattern.test(received)).length;
  await eventually(async () => count(/connected/) + count(/"too_many_streams"/) === 300);
  assert.equal(count(/"too_many_streams"/), 5);
});
