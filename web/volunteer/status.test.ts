import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineSnapshot } from "./engine/messages.ts";
import { type StatusFacts, statusOf } from "./status.ts";
import { noTotals } from "./totals.ts";

const idle = { work: undefined, perSecond: 0, resting: false };
const work = { kind: "job", id: "1", language: "js", namespace: "alice", since: 0, running: true } as const;

function status(facts: Partial<StatusFacts> = {}, snapshot: Partial<EngineSnapshot> = {}) {
  return statusOf({
    plan: { kind: "work" },
    snapshot: {
      type: "snapshot",
      phase: "working",
      link: { kind: "connected", volunteerId: "v" },
      slots: [idle, idle],
      python: { kind: "absent" },
      totals: noTotals,
      piecesHere: 0,
      ...snapshot,
    },
    stopping: false,
    online: true,
    closedDoor: false,
    failure: undefined,
    host: "example.org",
    clock: () => "15:42",
    ...facts,
  });
}

test("the headline stays the same while work comes and goes", () => {
  const waiting = status();
  const working = status({}, { slots: [{ ...idle, work }, idle] });
  assert.equal(waiting.headline, working.headline);
  assert.match(waiting.detail, /^Ready/);
  assert.equal(working.detail, "Working on 1 core.");
});

test("a pause says why, and when it ends", () => {
  assert.match(status({ plan: { kind: "pause", reason: "battery" } }).headline, /battery/);
  assert.match(status({ plan: { kind: "pause", reason: "visitor", until: 1 } }).headline, /15:42/);
});

test("a lost connection says what happens next", () => {
  const link = { kind: "reconnecting", inMs: 4000, reason: "" } as const;
  assert.match(status({}, { link }).detail, /in 4 s/);
  assert.match(status({ online: false }, { link }).detail, /offline/);
});

test("a door that asks for a token is no connection that will come back by itself", () => {
  const link = { kind: "reconnecting", inMs: 4000, reason: "" } as const;
  assert.match(status({ closedDoor: true }, { link }).headline, /asks for a token/);
});

test("work that is being finished is not a pause yet", () => {
  const finishing = { phase: "finishing" } as const;
  assert.equal(status({ plan: { kind: "off" }, stopping: true }, finishing).headline, "Stopping");
  assert.equal(status({ plan: { kind: "pause", reason: "battery" } }, finishing).headline, "Pausing");
});

test("what could not be started says so before anything else", () => {
  assert.deepEqual(status({ failure: "No." }).detail, "No.");
});
