import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLineView } from "../../../../src/protocol/functions.ts";
import { entryOf } from "./log-entry.ts";

const printed: LogLineView = {
  at: "2026-01-31T12:00:00.000Z",
  level: "info",
  stream: "stdout",
  text: "hello",
  revision: 3,
};

test("what was printed stands as it is, errors as such", () => {
  assert.deepEqual(entryOf(printed), { at: Date.parse(printed.at), text: "hello", kind: "stdout" });
  assert.equal(entryOf({ ...printed, level: "error", stream: "stderr" }).kind, "stderr");
});

test("a call is told by what was asked, answered and how long it took", () => {
  const call = {
    method: "GET",
    path: "/alice/api",
    status: 200,
    duration_ms: 12.4,
    cold: true,
    volunteer_id: null,
  };
  const line: LogLineView = { ...printed, level: "call", stream: null, text: "", call };
  assert.deepEqual(entryOf(line), {
    at: Date.parse(printed.at),
    text: "GET /alice/api · 200 · 12.4 ms · revision 3 · code loaded",
    kind: "call",
  });
  assert.equal(entryOf({ ...line, call: { ...call, status: 504 } }).kind, "stderr");
});
