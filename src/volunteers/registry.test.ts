import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReadyMessage } from "../protocol/volunteer.ts";
import { ManualClock } from "../stdx/clock.ts";
import type { JobId, VolunteerId } from "../stdx/ids.ts";
import { VolunteerRegistry } from "./registry.ts";
import type { VolunteerSession } from "./session.ts";

const capabilities = { wasm: false, python: false, lua: false, js: true, max_memory_mb: 512 };
const session = (id: string): VolunteerSession => {
  return {
    id: id as VolunteerId,
    origin: "remote",
    standing: "native",
    address: "192.0.2.1",
    send() {},
    close() {},
  };
};

test("a volunteer is shown as it presented itself and as it is now", () => {
  const clock = new ManualClock();
  const registry = new VolunteerRegistry(clock);
  const connected = new Date(clock.now()).toISOString();
  const ready: ReadyMessage = {
    type: "ready",
    capabilities,
    slots: 4,
    namespaces: ["bob", "alice"],
    isolation: "bubblewrap",
    agent: "zerverless/1",
    lanes: true,
    share: 0.25,
  };
  const volunteer = registry.add(session("v1"), ready);
  clock.advance(1000);
  volunteer.lastSeenAt = clock.now();
  volunteer.running.set("j1" as JobId, { language: "js", namespace: "alice" });
  volunteer.calling.set(3, { namespace: "bob", path: "hello" });
  volunteer.jobsCompleted = 2;
  volunteer.jobsFailed = 1;
  volunteer.callsCompleted = 4;
  volunteer.callsFailed = 3;
  volunteer.worked("js", 10, 7.4);
  volunteer.worked("js", 10, undefined);
  volunteer.worked("lua", 5, 5_000_000);
  assert.deepEqual(registry.view(), {
    volunteers: [
      {
        id: "v1",
        kind: "native",
        origin: "remote",
        trusted: true,
        address: "192.0.2.1",
        agent: "zerverless/1",
        isolation: "bubblewrap",
        capabilities,
        slots: 4,
        busy_slots: 2,
        resting_slots: 0,
        share: 0.25,
        namespaces: ["alice", "bob"],
        jobs_completed: 2,
        jobs_failed: 1,
        calls_completed: 4,
        calls_failed: 3,
        busy_ms: { wasm: 0, python: 0, lua: 5, js: 17 },
        running: ["j1"],
        doing: [
          { type: "job", job_id: "j1", job_type: "js", namespace: "alice" },
          { type: "function", namespace: "bob", path: "hello" },
        ],
        connected_at: connected,
        last_seen_at: new Date(clock.now()).toISOString(),
        draining: false,
      },
    ],
    total: 1,
  });
});

test("a volunteer of the reference protocol has one slot and serves everyone", () => {
  const registry = new VolunteerRegistry(new ManualClock());
  registry.add(session("v1"), { type: "ready", capabilities, slots: 9, namespaces: [] });
  const [shown] = registry.view().volunteers;
  assert.deepEqual(
    [shown?.slots, shown?.namespaces, shown?.isolation, shown?.agent],
    [1, null, "unknown", ""],
  );
});

test("totals count volunteers, slots and what is busy, until they leave", () => {
  const registry = new VolunteerRegistry(new ManualClock());
  const first = registry.add(session("v1"), { type: "ready", capabilities, slots: 4, lanes: true });
  registry.add(session("v2"), { type: "ready", capabilities });
  first.running.set("j1" as JobId, { language: "js", namespace: "alice" });
  assert.deepEqual(registry.totals(), { volunteers: 2, slots: 5, busySlots: 1 });
  registry.remove(first.id);
  assert.deepEqual(registry.totals(), { volunteers: 1, slots: 1, busySlots: 0 });
  assert.equal(registry.get(first.id), undefined);
});
