/** What a job tells of its phases and of who ran it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";

test("a job's phases are told up to now, then as they were", async () => {
  const desk = new JobDesk();
  const submittedAt = desk.clock.now();
  const id = await desk.submit();
  desk.clock.advance(30);
  assert.deepEqual((await desk.jobs.whole(id)).timings, {
    dispatched_at: null,
    queue_ms: 30,
    dispatch_ms: null,
    run_ms: null,
    total_ms: 30,
  });
  const volunteer = desk.volunteer().join({ agent: "mine" });
  desk.clock.advance(12);
  const running = await desk.jobs.whole(id);
  assert.partialDeepStrictEqual(running.timings, { queue_ms: 30, dispatch_ms: 0, run_ms: 12, total_ms: 42 });
  assert.equal(running.timings.dispatched_at, new Date(submittedAt + 30).toISOString());
  volunteer.complete();
  await settled();
  desk.clock.advance(1000);
  assert.deepEqual((await desk.jobs.whole(id)).timings, running.timings);
});

test("a job that was sent ahead tells how long it lay there", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const [, second, third = ""] = await desk.submitMany(3);
  volunteer.complete();
  desk.clock.advance(7);
  volunteer.complete(volunteer.jobs.find((job) => job.job_id === second));
  desk.clock.advance(5);
  assert.partialDeepStrictEqual((await desk.jobs.whole(third)).timings, { dispatch_ms: 7, run_ms: 5 });
});

test("a job that waits again was sent to nobody", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const id = await desk.submit();
  volunteer.leave();
  assert.partialDeepStrictEqual((await desk.jobs.whole(id)).timings, { dispatched_at: null, run_ms: null });
});

test("who ran a job is known after they have left", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join({ agent: "mine", isolation: "browser" });
  const id = await desk.submit();
  const who = { id: volunteer.id, agent: "mine", kind: "browser" };
  assert.deepEqual((await desk.jobs.whole(id)).volunteer, { ...who, connected: true });
  volunteer.complete();
  await settled();
  volunteer.leave();
  assert.deepEqual((await desk.jobs.whole(id)).volunteer, { ...who, connected: false });
});
