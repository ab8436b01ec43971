/** Why a job waits, as its submitter is told. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { everyLanguage, JobDesk, type SubmissionFields } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";
import type { WaitReason } from "../protocol/job.ts";

async function reasonFor(desk: JobDesk, fields: SubmissionFields = {}): Promise<WaitReason | undefined> {
  const id = await desk.submit({ job_type: "js", ...fields });
  return (await desk.jobs.whole(id)).waitingFor?.reason;
}

test("nobody is connected, or only such as leave", async () => {
  const desk = new JobDesk();
  assert.equal(await reasonFor(desk), "no_volunteer");
  const volunteer = desk.volunteer();
  volunteer.join();
  volunteer.say({ type: "drain" });
  assert.equal(await reasonFor(desk), "no_volunteer");
});

test("nobody runs the language, has the memory or serves the namespace", async () => {
  const desk = new JobDesk();
  desk.volunteer().join({
    capabilities: { ...everyLanguage, python: false, max_memory_mb: 512 },
    namespaces: ["alice"],
  });
  assert.equal(await reasonFor(desk, { job_type: "python", namespace: "alice" }), "no_language");
  assert.equal(await reasonFor(desk, { memory_mb: 1024, namespace: "alice" }), "no_memory");
  assert.equal(await reasonFor(desk, { namespace: "bob" }), "no_namespace");
  const id = await desk.submit({ job_type: "python", namespace: "alice" });
  assert.match((await desk.jobs.whole(id)).waitingFor?.message ?? "", /python/);
});

test("each has what another lacks, so nobody will do", async () => {
  const desk = new JobDesk();
  desk.volunteer().join({ capabilities: { ...everyLanguage, js: false, max_memory_mb: 4096 } });
  desk.volunteer().join({ capabilities: { ...everyLanguage, max_memory_mb: 256 } });
  assert.equal(await reasonFor(desk, { memory_mb: 1024 }), "no_memory");
});

test("all who could run it rest", async () => {
  const desk = new JobDesk();
  const paused = desk.volunteer().join({ slots: 2 });
  desk.volunteer().join({ capabilities: { ...everyLanguage, js: false } });
  paused.say({ type: "rest", slot: 0 });
  paused.say({ type: "rest", slot: 1 });
  assert.equal(await reasonFor(desk), "resting");
  paused.say({ type: "wake", slot: 1 });
  assert.equal(await reasonFor(desk), "busy");
});

test("every slot is taken, and some of the namespace go before it", async () => {
  const desk = new JobDesk();
  desk.volunteer().join();
  await desk.submitMany(3);
  const ahead = async (fields: SubmissionFields) => {
    return (await desk.jobs.whole(await desk.submit(fields))).waitingFor;
  };
  assert.partialDeepStrictEqual(await ahead({}), { reason: "busy", ahead: 2 });
  assert.partialDeepStrictEqual(await ahead({ memory_mb: 512 }), { reason: "busy", ahead: 3 });
  assert.partialDeepStrictEqual(await ahead({ priority: 9 }), { reason: "busy", ahead: 0 });
  assert.partialDeepStrictEqual(await ahead({}), { ahead: 5 });
  assert.partialDeepStrictEqual(await ahead({ namespace: "bob" }), { ahead: 0 });
});

test("it is kept back for another volunteer than the one that failed it", async () => {
  const desk = new JobDesk();
  const [first] = [desk.volunteer().join(), desk.volunteer().join()];
  await desk.submitMany(2);
  const { job_id } = first.job();
  first.fail(first.job(), "cell_crashed");
  assert.equal((await desk.jobs.whole(job_id)).waitingFor?.reason, "retry_pause");
});

test("it was sent ahead behind a job that runs", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const [, second = "", third = ""] = await desk.submitMany(3);
  volunteer.complete();
  assert.equal((await desk.jobs.whole(second)).waitingFor, undefined);
  assert.partialDeepStrictEqual((await desk.jobs.whole(third)).waitingFor, {
    reason: "dispatched",
    ahead: null,
  });
});

test("the orchestrator stops", async () => {
  const desk = new JobDesk();
  desk.volunteer().join();
  const [, second = ""] = await desk.submitMany(2);
  void desk.dispatcher.drain(1000);
  assert.equal((await desk.jobs.whole(second)).waitingFor?.reason, "stopping");
});

test("a job that runs or has ended waits for nothing", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const id = await desk.submit();
  assert.equal((await desk.jobs.whole(id)).waitingFor, undefined);
  volunteer.complete();
  await settled();
  assert.equal((await desk.jobs.whole(id)).waitingFor, undefined);
});
