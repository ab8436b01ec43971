import assert from "node:assert/strict";
import { test } from "node:test";
import { linesMax, linesOf, noLines, withOutput } from "./log-lines.ts";

const shown = (log: { lines: readonly { stream: string; text: string }[] }) =>
  log.lines.map(({ stream, text }) => [stream, text]);

test("pieces of a line come together, and a piece may hold many lines", () => {
  let log = withOutput(noLines, "stdout", "one");
  log = withOutput(log, "stdout", " line\ntwo\n");
  log = withOutput(log, "stdout", "\nthree");
  assert.deepEqual(shown(log), [
    ["stdout", "one line"],
    ["stdout", "two"],
    ["stdout", ""],
    ["stdout", "three"],
  ]);
});

test("a line of one stream is not continued by the other", () => {
  let log = withOutput(noLines, "stdout", "begun");
  log = withOutput(log, "stderr", "oh\n");
  log = withOutput(log, "stdout", "else\n");
  assert.deepEqual(shown(log), [
    ["stdout", "begun"],
    ["stderr", "oh"],
    ["stdout", "else"],
  ]);
});

test("the latest lines are kept, each with its own number, and it is told that others were there", () => {
  const log = withOutput(noLines, "stdout", "x\n".repeat(linesMax + 10));
  assert.equal(log.lines.length, linesMax);
  assert.equal(log.lines[0]?.number, 11);
  assert.equal(log.cut, true);
});

test("an ended job's output is its stdout, then its stderr", () => {
  const log = linesOf({ stdout: "a\n", stderr: "b" });
  assert.deepEqual(shown(log), [
    ["stdout", "a"],
    ["stderr", "b"],
  ]);
  assert.deepEqual(linesOf({ stdout: "", stderr: "" }), noLines);
});
