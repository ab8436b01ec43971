import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../protocol/json.ts";
import { limits } from "../protocol/limits.ts";
import { type Ending, endingOfError, endingOfResult, isVolunteersFault } from "./ending.ts";

const resultOf = (result?: Json, stdout?: string, stderr?: string): Ending =>
  endingOfResult({
    type: "result",
    job_id: "j",
    ...(result !== undefined && { result }),
    ...(stdout !== undefined && { stdout }),
    ...(stderr !== undefined && { stderr }),
  });

const errorOf = (code: string | undefined, error = "No."): Ending =>
  endingOfError({ type: "error", job_id: "j", error, ...(code !== undefined && { code }) });

describe("a result", () => {
  test("is kept as JSON, null included", () => {
    assert.equal(resultOf({ a: [1, "é"] }).output.resultJson, '{"a":[1,"é"]}');
    assert.equal(resultOf(null, "printed").output.resultJson, "null");
  });

  test("that is not there is what was printed", () => {
    assert.equal(resultOf(undefined, 'a"\n').output.resultJson, '"a\\"\\n"');
  });

  test("that is not there is null when nothing was printed", () => {
    assert.deepEqual(resultOf().output, { resultJson: "null", stdout: "", stderr: "" });
  });

  test("may fill its limit, and not a byte more", () => {
    const most = "x".repeat(limits.resultBytesMax - 2);
    assert.equal(resultOf(most).status, "completed");
    const { status, errorCode, output } = resultOf(`${most}x`, "out");
    assert.deepEqual(
      [status, errorCode, output],
      ["failed", "result_too_large", { resultJson: undefined, stdout: "out", stderr: "" }],
    );
  });
});

describe("output", () => {
  test("may fill its limit", () => {
    const half = "x".repeat(limits.outputBytesMax / 2);
    assert.equal(resultOf(1, half, half).status, "completed");
  });

  test("beyond its limit is cut and fails the job, whatever else it says", () => {
    const most = "é".repeat(limits.outputBytesMax / 2 - 1);
    for (const ending of [
      resultOf(1, most, "abc"),
      endingOfError({ type: "error", job_id: "j", error: "No.", stdout: most, stderr: "abc" }),
    ]) {
      assert.deepEqual([ending.status, ending.errorCode], ["failed", "output_exceeded"]);
      assert.deepEqual(ending.output, { resultJson: undefined, stdout: most, stderr: "ab" });
    }
  });
});

describe("an error", () => {
  test("keeps a code of the registry", () => {
    assert.equal(errorOf("memory_exceeded").errorCode, "memory_exceeded");
  });

  test("with no code, one that no job has, or an invented one is the guest's", () => {
    for (const code of [undefined, "queue_full", "toString", ""])
      assert.equal(errorOf(code).errorCode, "guest_error");
  });

  test("keeps its output and its stats", () => {
    const stats = { wall_ms: 1 };
    const ending = endingOfError({
      type: "error",
      job_id: "j",
      error: "No.",
      stdout: "a",
      stderr: "b",
      stats,
    });
    assert.deepEqual(
      [ending.output, ending.stats],
      [{ resultJson: undefined, stdout: "a", stderr: "b" }, stats],
    );
  });

  test("has a sentence of bounded length, and one when there is none", () => {
    assert.equal(errorOf("timeout", "é".repeat(10_000)).error, "é".repeat(limits.errorMessageBytesMax / 2));
    assert.match(errorOf("timeout", "").error ?? "", /^The volunteer .*\.$/);
  });

  test("is the volunteer's fault when its cell or itself failed, and only then", () => {
    const codes = ["cell_crashed", "volunteer_error", "volunteer_lost"];
    for (const code of codes) assert.equal(isVolunteersFault(errorOf(code)), true, code);
    for (const code of ["timeout", "guest_error", "memory_exceeded", undefined]) {
      assert.equal(isVolunteersFault(errorOf(code)), false, `${code}`);
    }
  });
});
