import assert from "node:assert/strict";
import { test } from "node:test";
import { entryOf } from "./entry.ts";

test("a value is read as it was written, whatever members it has itself", () => {
  const json = '{"value": 12345678901234567890.10, "version": "no"}';
  assert.deepEqual(entryOf(`{"key":"a","value":${json},"exists":true,"version":7}`), {
    json,
    version: 7,
    expiresAt: undefined,
  });
});

test("the end of a value's life comes with it", () => {
  const answer = '{"key":"a","value":1,"exists":true,"version":1,"expires_at":"2026-01-31T12:00:00.000Z"}';
  assert.equal(entryOf(answer).expiresAt, "2026-01-31T12:00:00.000Z");
});
