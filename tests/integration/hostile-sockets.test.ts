import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { WebSocket } from "ws";
import { eventually } from "../support/eventually.ts";
import { get, Held, residentBytes } from "../support/hostile.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { refusedUpgrade, VolunteerSocket } from "../support/volunteer-socket.ts";

/** Volunteers that want to harm, against a real process. */

const mebibyte = 1024 * 1024;
const ready = { type: "ready", capabilities: { js: true } };
const handshake = () =>
  "GET /ws/volunteer HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n\r\n`;

test("sockets that never say who they are leave room for volunteers from elsewhere", {
  timeout: 60_000,
}, async (t) => {
  const { url, volunteerUrl } = await spawnOrchestrator(t);
  const strangers = await Held.many(t, url, 150);
  for (const stranger of strangers) stranger.read().socket.write(handshake());
  const count = (pattern: RegExp) => strangers.filter(({ received }) => pattern.test(received)).length;
  await eventually(async () => count(/^HTTP\/1\.1 101/) + count(/"too_many_volunteers"/) === 150);
  assert.equal(count(/^HTTP\/1\.1 101/), 100);
  const [status] = await refusedUpgrade(volunteerUrl);
  assert.equal(status, 503);
  await using honest = await VolunteerSocket.open(volunteerUrl, { localAddress: "127.0.0.2" });
  honest.send(ready);
  assert.equal((await honest.nextOf("ack")).type, "ack");
});

test("handshakes that are never finished keep nobody out", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  for (const { socket } of await Held.many(t, orchestrator.url, 1000)) socket.write(handshake().slice(0, -2));
  await using honest = await VolunteerSocket.open(orchestrator.volunteerUrl);
  honest.send(ready);
  await honest.nextOf("ack");
  assert.equal(await get(orchestrator.url, "/health"), 200);
  assert.ok(residentBytes(orchestrator) - before < 100 * mebibyte);
});

test("a stranger's first frame is not waited for once it is too large to be one", {
  timeout: 60_000,
}, async (t) => {
  const { url } = await spawnOrchestrator(t);
  const stranger = (await Held.open(t, url)).read();
  stranger.socket.write(handshake());
  await eventually(async () => stranger.received.includes("101"));
  // The head of a text frame of 16 MiB, and a part of what it promises.
  const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4]);
  stranger.socket.write(Buffer.concat([head, Buffer.alloc(mebibyte)]));
  await eventually(async () => stranger.closed);
});

test("a flood of pings whose answers nobody reads piles nothing up", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  const flooder = await Held.open(t, orchestrator.url);
  flooder.socket.write(handshake());
  flooder.socket.pause();
  const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
  const pings = Buffer.concat(Array.from({ length: 2000 }, () => ping));
  const gone = new Promise<void>((resolve) => flooder.socket.once("close", () => resolve()));
  for (let n = 0; n < 200 && !flooder.closed; n++) {
    if (!flooder.socket.write(pings)) await Promise.race([drained(flooder), gone]);
  }
  assert.equal(await get(orchestrator.url, "/health"), 200);
  assert.ok(residentBytes(orchestrator) - before < 100 * mebibyte);
});

test("a flood of messages ends its own connection and nobody else's", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t);
  const before = residentBytes(orchestrator);
  await using honest = await VolunteerSocket.open(orchestrator.volunteerUrl);
  honest.send(ready);
  await honest.nextOf("ack");
  await using flooder = await VolunteerSocket.open(orchestrator.volunteerUrl);
  flooder.send({ ...ready, lanes: true });
  // Many in one frame, so that even a busy machine reads them faster than anybody may send them.
  const frame = JSON.stringify(Array.from({ length: 20_000 }, () => ({ type: "heartbeat" })));
  for (let n = 0; n < 40; n++) flooder.webSocket.send(frame);
  assert.equal((await flooder.closed).code, 4429);
  assert.equal(honest.webSocket.readyState, WebSocket.OPEN);
  assert.equal(await get(orchestrator.url, "/health"), 200);
  assert.ok(residentBytes(orchestrator) - before < 200 * mebibyte);
});

function drained({ socket }: Held): Promise<void> {
  return new Promise((resolve) => socket.once("drain", () => resolve()));
}
