import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { z } from "zod";
import { describeIssues } from "./issues.ts";
import { jobListQuerySchema, jobSubmissionsSchema } from "./job.ts";
import { limits } from "./limits.ts";
import { readySchema, volunteerMessageSchema } from "./volunteer.ts";

const words = { whole: "the body", part: "field" };

function sentence(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value);
  assert.ok(error, "it was accepted");
  return describeIssues(error, words);
}

const submissions: readonly (readonly [unknown, string])[] = [
  [1, "The body must be an object or an array."],
  [null, "The body must be an object or an array."],
  [[], "The body must have at least one item."],
  [Array(1001).fill(0), "The body must have at most 1000 items."],
  [[1], "[0] must be an object."],
  [{}, 'job_type must be one of "python", "lua", "js", "wasm".'],
  [{ job_type: "cobol", code: "x" }, 'job_type must be one of "python", "lua", "js", "wasm".'],
  [{ job_type: "js" }, "code is missing."],
  [{ job_type: "js", code: "" }, "code must not be empty."],
  [{ job_type: "js", code: 1 }, "code must be a string."],
  [{ job_type: "js", code: "1", timeout_seconds: 0 }, "timeout_seconds must be a number greater than 0."],
  [{ job_type: "js", code: "1", timeout_seconds: "9" }, "timeout_seconds must be a number."],
  [{ job_type: "js", code: "1", timeout_seconds: 1e9 }, "timeout_seconds must be at most 3600."],
  [{ job_type: "js", code: "1", memory_mb: 20.5 }, "memory_mb must be a whole number."],
  [{ job_type: "js", code: "1", memory_mb: 1 }, "memory_mb must be at least 16."],
  [{ job_type: "js", code: "1", namespace: "api" }, "namespace is a reserved name."],
  [{ job_type: "js", code: "1", foo: 1 }, 'Unknown field "foo".'],
  [{ job_type: "js", code: "1", foo: 1, bar: 2 }, 'Unknown fields "foo", "bar".'],
  [
    [
      { job_type: "js", code: "1" },
      { job_type: "lua", code: 2 },
    ],
    "[1].code must be a string.",
  ],
  [[{ job_type: "js", code: "1", foo: 1 }], 'Unknown field "foo" in [0].'],
  [{ job_type: "wasm", wasm_cid: "q" }, "wasm_cid must be a CIDv1 in base32, as POST /api/wasm answers it."],
];
for (const [value, expected] of submissions) {
  test(`${JSON.stringify(value).slice(0, 60)}: ${expected}`, () => {
    assert.equal(sentence(jobSubmissionsSchema, value), expected);
  });
}

test("several faults share a sentence, and beyond three they are counted", () => {
  const value = { job_type: "js", code: "", namespace: "A", memory_mb: 1, priority: 10, max_retries: -1 };
  assert.match(
    sentence(jobSubmissionsSchema, value),
    /^code must not be empty; namespace must .*; and 2 more\.$/,
  );
});

test("a query names its parameters", () => {
  const { error } = jobListQuerySchema.safeParse({ limit: "many", status: "done", page: "1" });
  assert.ok(error);
  assert.equal(
    describeIssues(error, { whole: "the query", part: "parameter" }),
    'status must be one of "pending", "running", "completed", "failed", "cancelled"; limit must be a number; ' +
      'unknown parameter "page".',
  );
});

test("a field's nested place is named", () => {
  assert.equal(
    sentence(volunteerMessageSchema, { type: "ready", capabilities: { js: 1 } }),
    "capabilities.js must be true or false.",
  );
});

test("a long name is clipped", () => {
  const text = sentence(jobSubmissionsSchema, { job_type: "js", code: "1", ["x".repeat(100_000)]: 1 });
  assert.ok(text.length < 200);
});

test("an array that is too long is refused before its items are looked at", () => {
  const namespaces = Array(limits.namespacesPerVolunteerMax + 1).fill(0);
  const { error } = readySchema.safeParse({ type: "ready", capabilities: {}, namespaces });
  assert.equal(error?.issues.length, 1);
});

test("whatever is wrong is said in one sentence", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.record({ job_type: fc.constant("js"), code: fc.anything() })),
      (value) => {
        const { error } = jobSubmissionsSchema.safeParse(value);
        if (error) assert.match(describeIssues(error, words), /^\S.*\.$/s);
      },
    ),
  );
});
