/** What the meter is told of jobs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { JobDesk } from "../../tests/support/job-desk.ts";
import { MemoryJobStore } from "../../tests/support/memory-job-store.ts";
import { settled } from "../../tests/support/settled.ts";

const kind = { language: "js", namespace: "alice" } as const;

test("a job is measured when it is accepted, when its turn comes and when it ends", async () => {
  const desk = new JobDesk();
  await desk.submit({ job_type: "js", namespace: "alice" });
  desk.clock.advance(30);
  const volunteer = desk.volunteer().join();
  desk.clock.advance(12);
  volunteer.complete();
  await settled();
  assert.deepEqual(desk.meter.accepted, [kind]);
  assert.deepEqual(desk.meter.started, [{ ...kind, waitMs: 30, again: false }]);
  assert.deepEqual(desk.meter.ended, [
    { ...kind, status: "completed", errorCode: undefined, runMs: 12, wallMs: 1, totalMs: 42 },
  ]);
});

test("a job that is cancelled before its turn has no time of running", async () => {
  const desk = new JobDesk();
  const id = await desk.submit({ job_type: "js", namespace: "alice" });
  await desk.jobs.cancel(id);
  assert.deepEqual(desk.meter.started, []);
  assert.deepEqual(desk.meter.ended, [
    { ...kind, status: "cancelled", errorCode: undefined, runMs: undefined, wallMs: undefined, totalMs: 0 },
  ]);
});

test("a job whose volunteer is lost starts again and ends once", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  await desk.submit({ job_type: "js", namespace: "alice" });
  volunteer.leave();
  desk.volunteer().join().complete();
  await settled();
  assert.deepEqual(
    desk.meter.started.map(({ again }) => again),
    [false, true],
  );
  assert.equal(desk.meter.ended.length, 1);
});

test("an end is measured only once it is stored", async () => {
  const gate = Promise.withResolvers<void>();
  class SlowStore extends MemoryJobStore {
    override async finish(...end: Parameters<MemoryJobStore["finish"]>): Promise<boolean> {
      await gate.promise;
      return super.finish(...end);
    }
  }
  const desk = new JobDesk({ store: new SlowStore() });
  const volunteer = desk.volunteer().join();
  await desk.submit();
  volunteer.complete();
  await settled();
  assert.deepEqual(desk.meter.ended, []);
  gate.resolve();
  await settled();
  assert.equal(desk.meter.ended.length, 1);
});
