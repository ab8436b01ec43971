import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestratorLink } from "../protocol/link.ts";
import { closeCodes, type OrchestratorMessage, type ReadyMessage } from "../protocol/volunteer.ts";
import { ManualClock } from "../stdx/clock.ts";
import type { VolunteerSession } from "../volunteers/session.ts";
import { directDoor } from "./direct.ts";

const ready: ReadyMessage = {
  type: "ready",
  capabilities: { wasm: true, python: true, lua: true, js: true, max_memory_mb: 256 },
  lanes: true,
};
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A door, a worker's link through it, and a record of what both sides were told, in order. */
function connect({
  onReady = (_session: VolunteerSession) => {},
  onOpened = (_link: OrchestratorLink) => {},
} = {}) {
  const told: unknown[] = [];
  const batches: (readonly OrchestratorMessage[])[] = [];
  const sessions: VolunteerSession[] = [];
  const door = directDoor({
    clock: new ManualClock(),
    gateway: {
      ready(session) {
        told.push("ready");
        sessions.push(session);
        onReady(session);
      },
      message: (_session, message) => told.push(message.type),
      closed: () => told.push("gone"),
    },
  });
  const link = door({
    opened() {
      told.push("opened");
      onOpened(link);
    },
    messages: (messages) => batches.push(messages),
    closed: (code, reason) => told.push([code, reason]),
  });
  const session = () => {
    const [first] = sessions;
    assert.ok(first, "nobody said ready");
    return first;
  };
  return { link, told, batches, session };
}

test("nothing happens before the turn after connecting", async () => {
  const { told } = connect();
  assert.deepEqual(told, []);
  await turn();
  assert.deepEqual(told, ["opened"]);
});

test("what ready sets off arrives in the same turn", async () => {
  const { batches, session } = connect({
    onOpened: (link) => link.send(ready),
    onReady: (opened) => opened.send({ type: "drain" }),
  });
  await turn();
  await turn();
  assert.deepEqual(batches, [[{ type: "drain" }]]);
  assert.equal(session().origin, "internal");
});

test("messages of one turn arrive together", async () => {
  const { batches, session } = connect({ onOpened: (link) => link.send(ready) });
  await turn();
  await turn();
  batches.length = 0;
  session().send({ type: "heartbeat" });
  session().send({ type: "drain" });
  assert.deepEqual(batches, []);
  await turn();
  assert.deepEqual(batches, [[{ type: "heartbeat" }, { type: "drain" }]]);
});

test("a worker that closes is gone for the gateway, once, after what it sent", async () => {
  const { link, told, session } = connect({ onOpened: (opened) => opened.send(ready) });
  await turn();
  await turn();
  link.send({ type: "heartbeat" });
  link.close();
  link.close();
  link.send({ type: "drain" });
  session().close(closeCodes.silent, "late");
  await turn();
  await turn();
  assert.deepEqual(told, ["opened", "ready", "heartbeat", "gone", [1000, ""]]);
});

test("an orchestrator that closes says why", async () => {
  const { told, session } = connect({ onOpened: (link) => link.send(ready) });
  await turn();
  await turn();
  session().close(closeCodes.silent, "Nothing was heard.");
  await turn();
  assert.deepEqual(told, ["opened", "ready", "gone", [closeCodes.silent, "Nothing was heard."]]);
});

test("a link that is closed before it opened never opens", async () => {
  const { link, told } = connect();
  link.close();
  await turn();
  assert.deepEqual(told, [[1000, ""]]);
});

test("the first message must be ready", async () => {
  const { told } = connect({ onOpened: (link) => link.send({ type: "heartbeat" }) });
  await turn();
  await turn();
  assert.deepEqual(told, ["opened", [closeCodes.malformed, "The first message must be ready."]]);
});
