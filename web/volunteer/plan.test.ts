import assert from "node:assert/strict";
import { test } from "node:test";
import { planFor } from "./plan.ts";

const fine = {
  wanted: true,
  settings: { onBattery: false },
  battery: { charging: true },
  pausedUntil: undefined,
  now: 1000,
};

test("nothing runs until it is wanted", () => {
  assert.deepEqual(planFor({ ...fine, wanted: false, pausedUntil: 2000 }), { kind: "off" });
  assert.deepEqual(planFor(fine), { kind: "work" });
});

test("work pauses on battery, unless the visitor allows it or the browser does not tell", () => {
  const battery = { charging: false };
  assert.deepEqual(planFor({ ...fine, battery }), { kind: "pause", reason: "battery" });
  assert.deepEqual(planFor({ ...fine, battery, settings: { onBattery: true } }), { kind: "work" });
  assert.deepEqual(planFor({ ...fine, battery: undefined }), { kind: "work" });
});

test("a pause ends when its time has come", () => {
  assert.deepEqual(planFor({ ...fine, pausedUntil: 1001 }), {
    kind: "pause",
    reason: "visitor",
    until: 1001,
  });
  assert.deepEqual(planFor({ ...fine, pausedUntil: 1000 }), { kind: "work" });
});
