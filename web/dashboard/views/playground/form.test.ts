import assert from "node:assert/strict";
import { test } from "node:test";
import { type Draft, firstDraft, withSource } from "./draft.ts";
import { readFunction, readJob } from "./form.ts";

const draft = withSource({ ...firstDraft, language: "lua" }, "lua", "return 7");
const faultsOf = (changed: Partial<Draft>) => {
  const reading = readJob({ ...draft, ...changed });
  return reading.ok ? {} : reading.faults;
};

test("a form that is in order makes a job; empty fields are left to the orchestrator", () => {
  assert.deepEqual(readJob({ ...draft, input: '{"n": 8}', namespace: " alice " }), {
    ok: true,
    value: { job_type: "lua", code: "return 7", namespace: "alice", input_data: { n: 8 } },
  });
  assert.deepEqual(readJob({ ...draft, input: " ", timeoutSeconds: "2.5", memoryMb: "64" }), {
    ok: true,
    value: {
      job_type: "lua",
      code: "return 7",
      namespace: "default",
      input_data: null,
      timeout_seconds: 2.5,
      memory_mb: 64,
    },
  });
});

test("a module makes a job too, once there is one", () => {
  const module = { cid: "bafy", name: "add.wasm", bytes: 8 };
  assert.deepEqual(readJob({ ...draft, language: "wasm", module, input: "" }), {
    ok: true,
    value: { job_type: "wasm", wasm_cid: "bafy", namespace: "default", input_data: null },
  });
  assert.match(faultsOf({ language: "wasm" }).code ?? "", /Upload a module/);
});

test("each field says what is wrong with it", () => {
  assert.match(faultsOf({ input: "{" }).input ?? "", /^The input must be JSON: /);
  assert.match(faultsOf({ namespace: "API!" }).namespace ?? "", /a-z/);
  assert.match(faultsOf({ namespace: "api" }).namespace ?? "", /reserved/);
  assert.match(faultsOf({ timeoutSeconds: "0" }).timeoutSeconds ?? "", /3600 seconds/);
  assert.match(faultsOf({ timeoutSeconds: "soon" }).timeoutSeconds ?? "", /3600 seconds/);
  assert.match(faultsOf({ memoryMb: "1.5" }).memoryMb ?? "", /whole number/);
  assert.deepEqual(Object.keys(faultsOf(withSource(draft, "lua", " \n"))), ["code"]);
});

test("a function has a path, with or without slashes around it", () => {
  const form = withSource({ ...draft, mode: "function", path: "/api/hello/", input: "{" }, "lua", "return 1");
  assert.deepEqual(readFunction(form), {
    ok: true,
    value: { namespace: "default", path: "api/hello", request: { runtime: "lua", code: "return 1" } },
  });
  const none = readFunction({ ...form, path: "/" });
  assert.deepEqual(none.ok ? [] : Object.keys(none.faults), ["path"]);
});

test("a function's variables, where it may run and who may call it go along, and a line that is no variable is told", () => {
  const typed = {
    ...draft,
    mode: "function",
    placement: "internal",
    auth: "token",
    env: "API_KEY=a=b",
  } as const;
  const reading = readFunction(withSource(typed, "lua", "return 1"));
  assert.partialDeepStrictEqual(reading, {
    ok: true,
    value: { request: { placement: "internal", auth: "token", env: { API_KEY: "a=b" } } },
  });
  const broken = readFunction({ ...typed, env: "API_KEY" });
  assert.match(broken.ok ? "" : (broken.faults.env ?? ""), /^Write each variable/);
});
