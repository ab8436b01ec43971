import assert from "node:assert/strict";
import { test } from "node:test";
import type { VolunteerView } from "../../../../src/protocol/volunteer-view.ts";
import { languagesOf, totalsOf, workerAddress } from "./kinds.ts";

const volunteer = (facts: Partial<VolunteerView>): VolunteerView => ({
  id: "v",
  kind: "native",
  origin: "remote",
  address: "",
  agent: "test",
  isolation: "bubblewrap",
  capabilities: { js: true, lua: true, python: false, wasm: false, max_memory_mb: 256 },
  slots: 2,
  busy_slots: 1,
  trusted: true,
  resting_slots: 0,
  share: 1,
  namespaces: null,
  jobs_completed: 3,
  jobs_failed: 1,
  calls_completed: 5,
  calls_failed: 1,
  busy_ms: { wasm: 0, python: 0, lua: 0, js: 0 },
  running: [],
  doing: [],
  connected_at: "2026-01-31T12:00:00.000Z",
  last_seen_at: "2026-01-31T12:00:00.000Z",
  draining: false,
  ...facts,
});

test("totals add up what all volunteers have and did", () => {
  const totals = totalsOf([volunteer({}), volunteer({ kind: "browser", slots: 1, busy_slots: 0 })]);
  assert.deepEqual(totals, {
    volunteers: 2,
    slots: 3,
    busy: 1,
    completed: 6,
    failed: 2,
    calls: 10,
    callsFailed: 2,
    byKind: { native: 1, browser: 1, internal: 0, other: 0 },
  });
});

test("languages are those that it says it runs", () => {
  assert.deepEqual(languagesOf(volunteer({})).toSorted(), ["js", "lua"]);
});

test("workers connect securely where the page came so", () => {
  assert.equal(workerAddress({ protocol: "https:", host: "example.com" }), "wss://example.com/ws/volunteer");
  assert.equal(
    workerAddress({ protocol: "http:", host: "localhost:8000" }),
    "ws://localhost:8000/ws/volunteer",
  );
});
