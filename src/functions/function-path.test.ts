import assert from "node:assert/strict";
import { test } from "node:test";
import { functionLimits } from "../protocol/functions.ts";
import { AppError } from "../stdx/errors.ts";
import { checkFunctionPath } from "./function-path.ts";

const fine = [
  "hello",
  "api/greet",
  "v1.2/users.json",
  "grüße/\u{1f600}",
  "a b",
  "...",
  "constructor",
  "100%",
  "a/".repeat(functionLimits.pathSegmentsMax - 1).concat("a"),
  "x".repeat(functionLimits.pathBytesMax),
];

const wrong: readonly (readonly [path: string, rule: RegExp])[] = [
  ["", /empty/],
  ["/hello", /slash at its ends/],
  ["hello/", /slash at its ends/],
  ["a//b", /empty segment/],
  ["..", /"\.\."/],
  ["a/../b", /"\.\."/],
  ["./a", /"\.\."/],
  ["a/\u{ff0e}\u{ff0e}", /"\.\."/],
  ["a\u{ff0f}b", /stand for a slash/],
  ["a\\b", /backslash/],
  ["a\0b", /control/],
  ["a\nb", /control/],
  ["%2e%2e/x", /twice/],
  ["a%2Fb", /twice/],
  ["a%252fb", /twice/],
  [" a", /space/],
  ["a/b ", /space/],
  ["\ud800", /UTF-8/],
  ["a/".repeat(functionLimits.pathSegmentsMax).concat("a"), /at most 16 segments/],
  ["ü".repeat(functionLimits.pathBytesMax / 2 + 1), /at most 512 bytes/],
];

test("paths that people use are taken", () => {
  for (const path of fine) assert.doesNotThrow(() => checkFunctionPath(path), path);
});

for (const [path, rule] of wrong) {
  test(`the path ${JSON.stringify(path.slice(0, 20))} is refused with a sentence`, () => {
    assert.throws(
      () => checkFunctionPath(path),
      (error) => error instanceof AppError && error.code === "invalid_path" && rule.test(error.message),
    );
  });
}
