/** What is kept of a volunteer's work. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleDraft } from "../../tests/contracts/revision-samples.ts";
import { JobDesk } from "../../tests/support/job-desk.ts";

test("a volunteer's jobs count for the time that was seen, whatever it says", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  await desk.submit({ job_type: "lua" });
  desk.clock.advance(50);
  volunteer.complete(volunteer.job(), { wallMs: 1_000_000 });
  await desk.submit({ job_type: "js" });
  desk.clock.advance(50);
  volunteer.complete(volunteer.job(), { wallMs: 20 });
  const [shown] = desk.volunteers.view().volunteers;
  assert.deepEqual(shown?.busy_ms, { wasm: 0, python: 0, lua: 50, js: 20 });
  assert.deepEqual([shown?.jobs_completed, shown?.busy_slots], [2, 0]);
});

test("a volunteer's calls count, and the slot that has one is busy with its function", () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join({ slots: 2 });
  const revision = { ...sampleDraft({ path: "hello" }), number: 1 };
  const invocation = { revision, requestJson: "{}", repeatable: false, signal: undefined };
  void desk.dispatcher.calls.invoke(invocation);
  const shown = () => desk.volunteers.view().volunteers[0];
  const function_ = { type: "function", namespace: revision.namespace, path: "hello" } as const;
  assert.deepEqual([shown()?.busy_slots, shown()?.doing], [1, [function_]]);
  assert.deepEqual(desk.volunteers.totals(), { volunteers: 1, slots: 2, busySlots: 1 });
  const invoked = volunteer.sent.find((message) => message.type === "invoke");
  assert.ok(invoked);
  desk.clock.advance(30);
  const { job_id, lease } = invoked;
  volunteer.say({ type: "response", job_id, lease, response_json: "{}", stats: { wall_ms: 25 } });
  assert.partialDeepStrictEqual(shown(), { calls_completed: 1, busy_slots: 0, doing: [] });
  assert.equal(shown()?.busy_ms[revision.runtime], 25);
});
