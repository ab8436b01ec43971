/** Which jobs a lane gets, how many at once and whose. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, JobDesk, settled } from "../../tests/support/job-desk.ts";
import type { JobId } from "../stdx/ids.ts";

describe("sending ahead", () => {
  async function warm(desk: JobDesk, wallMs: number) {
    const volunteer = desk.volunteer().join();
    await desk.submit();
    volunteer.complete(volunteer.job(), { wallMs });
    return volunteer;
  }

  test("begins when a lane's jobs were short", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const [first] = await desk.submitMany(100);
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    const outstanding = volunteer.jobs.length - 2;
    assert.equal(outstanding, 32);
    assert.equal(volunteer.job(1).job_id, first);
  });

  test("holds as much work as takes some twenty milliseconds", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 4);
    await desk.submitMany(100);
    volunteer.complete(volunteer.job(), { wallMs: 4 });
    assert.equal(volunteer.jobs.length - 2, 5);
  });

  test("is not for lanes whose jobs take longer", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 6);
    await desk.submitMany(100);
    volunteer.complete(volunteer.job(), { wallMs: 6 });
    assert.equal(volunteer.jobs.length - 2, 1);
  });

  test("leaves the other lanes their share", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    desk.volunteer().join();
    await desk.submitMany(12);
    volunteer.complete(volunteer.job());
    const outstanding = volunteer.jobs.length - 2;
    assert.ok(outstanding >= 4 && outstanding <= 6, `${outstanding} of ten are sent to one of two lanes`);
  });

  test("calls a job running only at its turn", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const ids = await desk.submitMany(4);
    volunteer.complete(volunteer.job());
    const statuses = () => Promise.all(ids.slice(1).map((id) => desk.status(id)));
    assert.deepEqual(await statuses(), ["running", "pending", "pending"]);
    assert.deepEqual([...(desk.volunteers.get(volunteer.id)?.running ?? [])], [ids[1]]);
    volunteer.complete(volunteer.job(2));
    await settled();
    assert.deepEqual(await statuses(), ["completed", "running", "pending"]);
  });

  test("takes answers out of turn", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const ids = await desk.submitMany(3);
    volunteer.complete(volunteer.job());
    volunteer.complete(volunteer.job(3));
    const state = await endOf(desk, ids[2] ?? "");
    assert.equal(state.attempts, 1);
    assert.equal(await desk.status(ids[1] ?? ""), "running");
  });

  test("does not mix namespaces or kinds of cell", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    await desk.submit();
    await desk.submit({ job_type: "python" });
    await desk.submit({ namespace: "alice" });
    await desk.submit({ job_type: "lua" });
    volunteer.complete(volunteer.job());
    // The lua job is of the same kind, but its language has not shown itself short.
    assert.deepEqual(
      volunteer.jobs.slice(2).map(({ job_type }) => job_type),
      ["python"],
    );
  });

  test("is not for jobs that must not run twice or were lost before", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const ids = await desk.submitMany(1);
    await desk.submit({ max_retries: 0 });
    await desk.submitMany(5);
    volunteer.complete(volunteer.job());
    assert.equal(volunteer.jobs.length, 3, "the job with no retries goes alone");
    volunteer.complete(volunteer.job());
    assert.ok(volunteer.jobs.length > 4);
    assert.equal(volunteer.job(1).job_id, ids[0]);
  });

  test("ends when the lane gives jobs back, until it has finished one", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const ids = await desk.submitMany(8);
    volunteer.complete(volunteer.job());
    const sent = volunteer.jobs.slice(3);
    for (const job of sent) volunteer.giveBack(job);
    assert.equal(desk.dispatcher.counts.returned, sent.length);
    const before = volunteer.jobs.length;
    assert.equal(desk.dispatcher.leased, 1);
    volunteer.complete(volunteer.job(2));
    const again = volunteer.jobs.slice(before).map(({ job_id }) => job_id);
    assert.deepEqual(again, ids.slice(2, 2 + again.length), "they come back in their order");
    assert.ok(again.length > 1);
    volunteer.complete(volunteer.job(before));
    assert.equal((await endOf(desk, ids[2] ?? "")).attempts, 1, "to be given back is no attempt");
  });
});

describe("fairness", () => {
  test("a lane stays with a namespace for a hundred milliseconds, then changes to one that waits", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    await desk.submitMany(20, { namespace: "alice" });
    await desk.submitMany(5, { namespace: "bob" });
    const served: string[] = [];
    for (let nth = 0; nth < 15; nth++) {
      served.push(volunteer.job().namespace);
      desk.clock.advance(20);
      volunteer.complete(volunteer.job(), { wallMs: 20 });
    }
    assert.deepEqual(
      served.join(" "),
      [...Array(5).fill("alice"), ...Array(5).fill("bob"), ...Array(5).fill("alice")].join(" "),
    );
  });

  test("a turn is sixty-four jobs at most, however short they are", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    await desk.submitMany(200, { namespace: "alice" });
    await desk.submitMany(1, { namespace: "bob" });
    for (let nth = 0; nth < 100 && volunteer.job().namespace === "alice"; nth++) {
      const job = volunteer.jobs[nth];
      if (job) volunteer.complete(job, { wallMs: 0.1 });
    }
    assert.equal(volunteer.job().namespace, "bob");
    assert.equal(volunteer.jobs.length, 65);
  });

  test("namespaces share the lanes evenly, however long the jobs of one are", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 4 });
    await desk.submitMany(20, { namespace: "alice" });
    await desk.submitMany(20, { namespace: "bob" });
    const of = (namespace: string) => volunteer.jobs.filter((job) => job.namespace === namespace);
    const running = desk.volunteers.get(volunteer.id)?.running ?? new Set<string>();
    desk.clock.advance(200);
    for (const job of of("alice")) volunteer.complete(job, { wallMs: 200 });
    assert.deepEqual([of("alice").length, of("bob").length], [6, 2]);
    // Bob's jobs end again and again while alice's go on: she must not get his lanes for that.
    for (let nth = 0; nth < 8; nth++) {
      desk.clock.advance(200);
      for (const job of of("bob")) {
        if (running.has(job.job_id as JobId)) volunteer.complete(job, { wallMs: 200 });
      }
    }
    assert.deepEqual([of("alice").length, of("bob").length], [6, 18]);
  });
});
