import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { addressReader } from "../../src/access/client-address.ts";
import { ContentHost } from "../../src/access/content-host.ts";
import { OriginPolicy } from "../../src/access/origin.ts";
import { RequestRates } from "../../src/access/request-rates.ts";
import { VolunteerDoor } from "../../src/hub/door.ts";
import { readyWithinMs } from "../../src/hub/socket-session.ts";
import { VolunteerAccess } from "../../src/hub/volunteer-access.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { OrchestratorMessage, VolunteerMessage } from "../../src/protocol/volunteer.ts";
import { closeCodes } from "../../src/protocol/volunteer.ts";
import { framedJsonBounds, jsonDepthMax } from "../../src/stdx/bounded-json.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import type { VolunteerGateway, VolunteerSession } from "../../src/volunteers/session.ts";
import { openGate } from "../support/gates.ts";
import { Inbox } from "../support/inbox.ts";
import { refusedUpgrade, VolunteerSocket } from "../support/volunteer-socket.ts";

const ready = { type: "ready", capabilities: { js: true } };
const job: OrchestratorMessage = {
  type: "job",
  job_id: "j",
  job_type: "js",
  code: "1",
  input_data: null,
  timeout_seconds: 1,
  lease: 1,
  slot: 0,
  namespace: "default",
  memory_mb: 64,
};

/** Keeps what the door tells it. */
class Recorder implements VolunteerGateway {
  readonly sessions = new Inbox<VolunteerSession>();
  readonly messages = new Inbox<VolunteerMessage>();
  readonly gone = new Inbox<VolunteerSession>();

  ready(session: VolunteerSession): void {
    this.sessions.put(session);
  }
  message(_session: VolunteerSession, message: VolunteerMessage): void {
    this.messages.put(message);
  }
  closed(session: VolunteerSession): void {
    this.gone.put(session);
  }
}

async function openDoor(t: TestContext) {
  const gateway = new Recorder();
  const clock = new ManualClock();
  const server = createServer();
  const origins = new OriginPolicy("127.0.0.1");
  const perSecond = { token: 1000, address: 1000, namespace: 1000 };
  const rates = new RequestRates({ rates: perSecond, proxies: undefined, clock });
  const access = new VolunteerAccess({ gate: openGate(clock), rates, anonymous: false });
  const content = new ContentHost(undefined);
  const addressOf = addressReader(undefined);
  const door = new VolunteerDoor({ gateway, origins, addressOf, access, content, clock, log: noLog });
  door.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  const url = new URL(`ws://127.0.0.1:${address.port}/ws/volunteer`);
  t.after(async () => {
    server.close();
    server.closeAllConnections();
    await door[Symbol.asyncDispose]();
  });
  return { gateway, clock, door, url };
}

async function openReady(t: TestContext, message: object = ready) {
  const parts = await openDoor(t);
  const volunteer = await VolunteerSocket.open(parts.url);
  t.after(() => volunteer[Symbol.asyncDispose]());
  volunteer.send(message);
  const session = await parts.gateway.sessions.next();
  return { ...parts, volunteer, session };
}

test("a volunteer that says ready has a session under an id of its own", async (t) => {
  const { session, volunteer, gateway } = await openReady(t);
  assert.match(session.id, /^[0-9a-f-]{36}$/);
  assert.deepEqual([session.origin, session.address], ["remote", "127.0.0.1"]);
  volunteer.send(ready);
  assert.equal(await gateway.sessions.next(), session, "the same when it says so again");
});

test("messages of one turn travel in one frame to a volunteer with lanes", async (t) => {
  const { session, volunteer } = await openReady(t, { ...ready, lanes: true, slots: 2 });
  session.send(job);
  session.send({ type: "cancel", job_id: "j", lease: 1 });
  assert.deepEqual(await volunteer.next(), [job, { type: "cancel", job_id: "j", lease: 1 }]);
});

test("messages of one turn travel in frames of their own to a volunteer of the reference protocol", async (t) => {
  const { session, volunteer } = await openReady(t);
  session.send(job);
  session.send({ type: "heartbeat" });
  assert.deepEqual([await volunteer.next(), await volunteer.next()], [job, { type: "heartbeat" }]);
});

test("a frame of several messages is taken from a volunteer with lanes, in order", async (t) => {
  const { volunteer, gateway } = await openReady(t, { ...ready, lanes: true });
  volunteer.send([
    { type: "log", job_id: "a", lease: 1, stream: "stdout", text: "x" },
    { type: "result", job_id: "a", lease: 1, result: [1] },
  ]);
  assert.equal((await gateway.messages.next()).type, "log");
  assert.deepEqual(await gateway.messages.next(), { type: "result", job_id: "a", lease: 1, result: [1] });
});

test("a guest's deepest result does not end the connection of who brings it", async (t) => {
  const { volunteer, gateway } = await openReady(t, { ...ready, lanes: true });
  const result = JSON.parse("[".repeat(jsonDepthMax) + "]".repeat(jsonDepthMax));
  volunteer.send([{ type: "heartbeat" }, { type: "result", job_id: "a", lease: 1, result }]);
  assert.equal((await gateway.messages.next()).type, "heartbeat");
  assert.deepEqual(await gateway.messages.next(), { type: "result", job_id: "a", lease: 1, result });
});

test("what was sent before a session is closed still arrives", async (t) => {
  const { session, volunteer, gateway } = await openReady(t);
  session.send({ type: "drain" });
  session.close(closeCodes.silent, "Nothing was heard.");
  assert.deepEqual(await volunteer.next(), { type: "drain" });
  assert.deepEqual(await volunteer.closed, { code: closeCodes.silent, reason: "Nothing was heard." });
  assert.equal(await gateway.gone.next(), session);
});

test("a volunteer that leaves is reported once", async (t) => {
  const { session, volunteer, gateway } = await openReady(t);
  volunteer.webSocket.close();
  assert.equal(await gateway.gone.next(), session);
  await volunteer.closed;
  session.close(1000, "late");
  assert.deepEqual(gateway.gone.waiting, []);
});

test("a connection that never says ready is closed", async (t) => {
  const { url, clock, gateway } = await openDoor(t);
  const volunteer = await VolunteerSocket.open(url);
  clock.advance(readyWithinMs);
  assert.equal((await volunteer.closed).code, closeCodes.silent);
  assert.deepEqual(gateway.gone.waiting, []);
});

test("a peer that does not answer the closing handshake is cut off", async (t) => {
  const { session, volunteer, clock } = await openReady(t);
  volunteer.webSocket.pause();
  session.close(closeCodes.silent, "");
  clock.advance(60_000);
  volunteer.webSocket.resume();
  await volunteer.closed;
});

test("stopping tells every volunteer", async (t) => {
  const { volunteer, door, gateway, session, url } = await openReady(t);
  await door[Symbol.asyncDispose]();
  assert.equal((await volunteer.closed).code, closeCodes.goingAway);
  assert.equal(await gateway.gone.next(), session);
  const [status, body] = await refusedUpgrade(url);
  assert.equal(status, 503);
  assert.partialDeepStrictEqual(body, { code: "shutting_down" });
});

test("pages of other sites do not get in", async (t) => {
  const { url } = await openDoor(t);
  const [status, body] = await refusedUpgrade(url, { origin: "https://evil.example" });
  assert.equal(status, 403);
  assert.partialDeepStrictEqual(body, { code: "forbidden_origin" });
});

test("our own page gets in", async (t) => {
  const { url } = await openDoor(t);
  await using volunteer = await VolunteerSocket.open(url, { origin: `http://${url.host}` });
  assert.equal(volunteer.webSocket.readyState, volunteer.webSocket.OPEN);
});

test("other paths have no WebSocket", async (t) => {
  const { url } = await openDoor(t);
  const [status, body] = await refusedUpgrade(new URL("/elsewhere", url));
  assert.equal(status, 404);
  assert.partialDeepStrictEqual(body, { code: "not_found" });
});

const malformed: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ["no JSON", "{", /JSON/],
  ["a binary frame", Buffer.from(JSON.stringify({ type: "heartbeat" })), /binary/],
  ["no object", "7", /message must be an object/],
  ["no type", "{}", /type must be one of/],
  ["an unknown type", '{"type":"hello"}', /type must be one of/],
  ["a wrong field", '{"type":"result","job_id":7}', /job_id must be a string/],
  ["a frame of several messages without lanes", '[{"type":"heartbeat"}]', /lanes/],
  [
    "deep nesting",
    `{"type":"result","job_id":"a","result":${"[".repeat(100_000)}`,
    new RegExp(`${framedJsonBounds.depth}`),
  ],
];
for (const [what, frame, reason] of malformed) {
  test(`${what} closes the connection with a reason`, async (t) => {
    const { volunteer, gateway, session } = await openReady(t);
    volunteer.webSocket.send(frame);
    const closing = await volunteer.closed;
    assert.equal(closing.code, closeCodes.malformed);
    assert.match(closing.reason, reason);
    assert.equal(await gateway.gone.next(), session);
    assert.deepEqual(gateway.messages.waiting, []);
  });
}

test("any other message before ready closes the connection", async (t) => {
  const { url, gateway } = await openDoor(t);
  const volunteer = await VolunteerSocket.open(url);
  volunteer.send({ type: "heartbeat" });
  assert.deepEqual(await volunteer.closed, {
    code: closeCodes.malformed,
    reason: "The first message must be ready.",
  });
  assert.deepEqual([gateway.messages.waiting, gateway.gone.waiting], [[], []]);
});

test("messages behind a malformed one in the same frame do not count", async (t) => {
  const { volunteer, gateway } = await openReady(t, { ...ready, lanes: true });
  volunteer.send([{ type: "nonsense" }, { type: "heartbeat" }]);
  assert.equal((await volunteer.closed).code, closeCodes.malformed);
  assert.deepEqual(gateway.messages.waiting, []);
});

test("a frame over the limit closes the connection", async (t) => {
  const { volunteer, gateway, session } = await openReady(t);
  volunteer.webSocket.send("x".repeat(limits.frameBytesMax + 1));
  await volunteer.closed;
  assert.equal(await gateway.gone.next(), session);
});

test("a flood of messages closes the connection", async (t) => {
  const { volunteer, gateway, session } = await openReady(t, { ...ready, lanes: true });
  volunteer.webSocket.send(`[${'{"type":"heartbeat"},'.repeat(200_000)}{"type":"heartbeat"}]`);
  assert.equal((await volunteer.closed).code, closeCodes.flooding);
  assert.equal(await gateway.gone.next(), session);
});

test("a volunteer that does not read what it is sent is cut off", async (t) => {
  const { session, volunteer, gateway } = await openReady(t);
  volunteer.webSocket.pause();
  const large = { ...job, code: "x".repeat(8 * 1024 * 1024) };
  for (let sent = 0; sent < 10; sent++) session.send(large);
  assert.equal(await gateway.gone.next(), session);
});

test("a close reason is clipped to what a frame carries", async (t) => {
  const { session, volunteer } = await openReady(t);
  session.close(closeCodes.malformed, "ä".repeat(200));
  const { reason } = await volunteer.closed;
  assert.match(reason, /^ä{50,61}…$/);
});

test("whatever a volunteer sends, the door stands and the connection is open or closed for a reason", async (t) => {
  const { url, gateway } = await openDoor(t);
  const anyMessage = fc.oneof(
    fc.json(),
    fc
      .record({
        type: fc.constantFrom("ready", "result", "error", "log", "return", "drain"),
        job_id: fc.anything(),
      })
      .map((message) =>
        JSON.stringify(message, (_key, value) => (typeof value === "bigint" ? String(value) : value)),
      ),
    fc.array(fc.record({ type: fc.string() })).map((messages) => JSON.stringify(messages)),
    fc.string(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(anyMessage, { minLength: 1, maxLength: 4 }), async (frames) => {
      await using volunteer = await VolunteerSocket.open(url);
      volunteer.send(ready);
      const session = await gateway.sessions.next();
      for (const frame of frames) volunteer.webSocket.send(frame);
      volunteer.webSocket.close(1000);
      const { code, reason } = await volunteer.closed;
      assert.equal(await gateway.gone.next(), session);
      if (code === 1000 || code === 1005) return;
      assert.equal(code, closeCodes.malformed);
      assert.notEqual(reason, "");
    }),
    { numRuns: 100 },
  );
  await using after = await VolunteerSocket.open(url);
  after.send(ready);
  await gateway.sessions.next();
});
