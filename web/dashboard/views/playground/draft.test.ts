import assert from "node:assert/strict";
import { test } from "node:test";
import { type Draft, firstDraft, readDraft, withSource } from "./draft.ts";

test("a draft comes back as it was kept", () => {
  const draft: Draft = {
    ...withSource({ ...firstDraft, mode: "function", language: "lua" }, "lua", "return 1"),
    module: { cid: "bafy", name: "add.wasm", bytes: 8 },
    input: "[1",
    path: "api/hello",
  };
  assert.deepEqual(readDraft(JSON.stringify(draft)), draft);
});

test("what is missing, strange or no JSON is as at the first time", () => {
  assert.deepEqual(readDraft(undefined), firstDraft);
  assert.deepEqual(readDraft("{"), firstDraft);
  assert.deepEqual(readDraft("7"), firstDraft);
  const strange = { mode: "x", language: 7, sources: { job: { js: 1 } }, module: { cid: 2 }, input: null };
  assert.deepEqual(readDraft(JSON.stringify(strange)), firstDraft);
});

test("code belongs to its language and to what it is for", () => {
  const draft = withSource({ ...firstDraft, mode: "function" }, "js", "export default {}");
  assert.equal(draft.sources.function.js, "export default {}");
  assert.equal(draft.sources.job.js, firstDraft.sources.job.js);
  assert.equal(draft.sources.function.lua, firstDraft.sources.function.lua);
});
