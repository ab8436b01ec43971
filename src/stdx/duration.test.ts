import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDurationMs } from "./duration.ts";

test("a bare number is seconds", () => {
  assert.equal(parseDurationMs("30"), 30_000);
  assert.equal(parseDurationMs("0.5"), 500);
});

test("units add up", () => {
  assert.equal(parseDurationMs("500ms"), 500);
  assert.equal(parseDurationMs("1m30s"), 90_000);
  assert.equal(parseDurationMs("7d"), 604_800_000);
  assert.equal(parseDurationMs("1h"), 3_600_000);
});

test("anything else is refused", () => {
  for (const text of ["", "-1", "s", "1 s", "1w", "1e3", "0x10", "Infinity", "1s2", "1s-"]) {
    assert.equal(parseDurationMs(text), undefined, text);
  }
});
