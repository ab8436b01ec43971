import assert from "node:assert/strict";
import { test } from "node:test";
import { blankEnvironment, readEnvironment } from "./environment.ts";

test("each line sets a variable, whose value may have anything in it", () => {
  assert.deepEqual(readEnvironment("\n API_KEY =a=b c\nEMPTY=\n"), {
    ok: true,
    env: { API_KEY: "a=b c", EMPTY: "" },
  });
  assert.deepEqual(readEnvironment(" "), { ok: true, env: {} });
});

test("a line that sets none is named, but its value is not", () => {
  const fault = (text: string) => {
    const read = readEnvironment(text);
    return read.ok ? "" : read.fault;
  };
  assert.match(fault("API_KEY"), /not API_KEY$/);
  assert.match(fault("1st=s3cret"), /not 1st$/);
  assert.equal(fault("A=1\nA=2"), "A is set twice.");
});

test("known names become lines to fill in", () => {
  assert.equal(blankEnvironment(["A", "B"]), "A=\nB=\n");
});
