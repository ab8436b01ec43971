import assert from "node:assert/strict";
import { test } from "node:test";
import { matchPath } from "./match.ts";

test("a pattern without placeholders takes its own path alone", () => {
  assert.deepEqual(matchPath("jobs", "jobs/"), {});
  assert.equal(matchPath("jobs", "jobs/7"), undefined);
  assert.equal(matchPath("jobs", ""), undefined);
  assert.deepEqual(matchPath("", ""), {});
});

test("a placeholder takes one segment, decoded", () => {
  assert.deepEqual(matchPath("jobs/:id", "jobs/a%20b"), { id: "a b" });
  assert.equal(matchPath("jobs/:id", "jobs"), undefined);
  assert.equal(matchPath("jobs/:id", "jobs/1/2"), undefined);
});

test("a starred placeholder takes what is left", () => {
  assert.deepEqual(matchPath("files/:namespace/*path", "files/alice/a/b%2Fc.txt"), {
    namespace: "alice",
    path: "a/b/c.txt",
  });
  assert.deepEqual(matchPath("files/:namespace/*path", "files/alice"), { namespace: "alice", path: "" });
});

test("an address that no encoder wrote is nobody's", () => {
  assert.equal(matchPath("jobs/:id", "jobs/%E0%A4%A"), undefined);
  assert.equal(matchPath("files/*path", "files/%E0%A4%A"), undefined);
});
