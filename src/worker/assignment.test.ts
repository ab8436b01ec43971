import assert from "node:assert/strict";
import { test } from "node:test";
import { limits } from "../protocol/limits.ts";
import type { VolunteerMessage } from "../protocol/volunteer.ts";
import { framedJsonBounds, jsonContainersMax, jsonDepthMax, parseBoundedJson } from "../stdx/bounded-json.ts";
import { CallAssignment, JobAssignment } from "./assignment.ts";
import { readOrchestratorFrame } from "./message-frames.ts";

const common = { lease: 1, slot: 0, timeout_seconds: 1 };
const job = {
  ...common,
  type: "job",
  job_id: "j",
  job_type: "js",
  code: "",
  input_data: null,
  namespace: "a",
  memory_mb: 64,
} as const;
const called = {
  type: "function",
  function_id: "f",
  namespace: "a",
  runtime: "wasm",
  env: {},
  memory_mb: 64,
} as const;
const call = { ...common, type: "invoke", job_id: "j", function_id: "f", request_json: "{}" } as const;

const stats = { wallMs: 1, cpuMs: undefined, peakMemoryBytes: undefined };
const answerOf = (assignment: JobAssignment | CallAssignment, resultJson: string) =>
  assignment.answer({ kind: "completed", resultJson, stats });
const codeOf = (message: VolunteerMessage) => (message.type === "error" ? message.code : undefined);
const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

test("what a guest's JSON becomes when it is written anew fits a frame, or is told as too large", () => {
  const short = "1e20,";
  const numbers = `[${short.repeat(limits.resultBytesMax / short.length - 1)}1]`;
  const controls = "\u0001".repeat(limits.resultBytesMax);
  const answers = [
    answerOf(new JobAssignment(job), numbers),
    answerOf(new CallAssignment(call, called), controls),
  ];
  for (const answer of answers) {
    assert.equal(codeOf(answer), "result_too_large");
    assert.ok(Buffer.byteLength(JSON.stringify(answer)) <= limits.frameBytesMax);
  }
  const large = `"${"x".repeat(limits.resultBytesMax - 2)}"`;
  assert.equal(answerOf(new JobAssignment(job), large).type, "result");
});

test("the deepest result, and the one of most parts, get through in a frame of several messages", () => {
  const full = `[${"[],".repeat(jsonContainersMax - 2)}[]]`;
  for (const json of [nested(jsonDepthMax), full]) {
    const answer = answerOf(new JobAssignment(job), json);
    assert.equal(answer.type, "result");
    parseBoundedJson(JSON.stringify([answer, answer].slice(0, json === full ? 1 : 2)), framedJsonBounds);
  }
});

test("the deepest input gets through in a frame of several messages", () => {
  const jobs = [job, job].map((each) => ({ ...each, input_data: JSON.parse(nested(jsonDepthMax)) }));
  assert.equal(readOrchestratorFrame(JSON.stringify(jobs)).length, 2);
});
