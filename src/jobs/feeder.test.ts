/** Which jobs a lane gets, how many at once and whose. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, JobDesk } from "../../tests/support/job-desk.ts";
import { MemoryJobStore } from "../../tests/support/memory-job-store.ts";
import { settled } from "../../tests/support/settled.ts";
import type { JobId } from "../stdx/ids.ts";
import type { JobPayload } from "./job.ts";

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

  test("is one by one for large jobs, which would else cut off a volunteer that has so much to read", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const code = `/* ${"x".repeat(1_500_000)} */`;
    const small = await desk.submitMany(2);
    const large = await desk.submitMany(3, { code });
    const last = await desk.submit();
    volunteer.complete(volunteer.job(1), { wallMs: 0.5 });
    await settled();
    const sent = () => volunteer.jobIds.slice(1);
    assert.deepEqual(sent(), [...small, ...large.slice(0, 1)]);
    for (const at of [2, 3, 4, 5]) {
      volunteer.complete(volunteer.job(at), { wallMs: 0.5 });
      await settled();
    }
    assert.deepEqual(sent(), [...small, ...large, last]);
    volunteer.complete(volunteer.job(6), { wallMs: 0.5 });
    await settled();
    assert.equal(await desk.status(last), "completed");
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
    desk.volunteer().join().leave();
    await desk.submitMany(20);
    // Eighteen wait. It takes seven of them, and would take six if there were three lanes, and nine if it were alone.
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    assert.equal(volunteer.jobs.length - 2, 7);
  });

  test("calls a job running only at its turn", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    const ids = await desk.submitMany(4);
    volunteer.complete(volunteer.job());
    const statuses = () => Promise.all(ids.slice(1).map((id) => desk.status(id)));
    assert.deepEqual(await statuses(), ["running", "pending", "pending"]);
    assert.deepEqual([...(desk.volunteers.get(volunteer.id)?.running.keys() ?? [])], [ids[1]]);
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
    await desk.submitMany(2);
    await desk.submit({ max_retries: 0 });
    await desk.submitMany(5);
    const sentFor = () => {
      const before = volunteer.jobs.length;
      volunteer.complete(volunteer.job());
      return volunteer.jobs.length - before;
    };
    assert.equal(sentFor(), 1, "not behind another");
    assert.equal(sentFor(), 1, "none behind it");
    assert.ok(sentFor() > 1);
  });

  test("goes on when the lane's turn is over and nobody else waits", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    await desk.submitMany(200);
    volunteer.complete(volunteer.job(1), { wallMs: 0.5 });
    desk.clock.advance(1000);
    volunteer.complete(volunteer.job(2), { wallMs: 0.5 });
    assert.equal(desk.dispatcher.leased, 32);
  });

  test("begins anew with another namespace", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    await desk.submit();
    await desk.submitMany(10, { namespace: "alice" });
    desk.clock.advance(200);
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    assert.equal(volunteer.job().namespace, "alice");
    assert.equal(desk.dispatcher.leased, 1);
  });

  test("ends when the volunteer drains", async () => {
    const desk = new JobDesk();
    const volunteer = await warm(desk, 0.5);
    await desk.submitMany(100);
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    volunteer.say({ type: "drain" });
    const { leased } = desk.dispatcher;
    volunteer.complete(volunteer.job(2), { wallMs: 0.5 });
    assert.equal(desk.dispatcher.leased, leased - 1);
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
    const running = desk.volunteers.get(volunteer.id)?.running ?? new Map<string, unknown>();
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

describe("a payload that has to be read", () => {
  /** Gives each payload when the test says so. */
  class GatedStore extends MemoryJobStore {
    readonly gates: PromiseWithResolvers<void>[] = [];

    override async payload(id: JobId): Promise<JobPayload | undefined> {
      const gate = Promise.withResolvers<void>();
      this.gates.push(gate);
      await gate.promise;
      return super.payload(id);
    }

    async open(nth: number): Promise<void> {
      this.gates[nth]?.resolve();
      await settled();
    }
  }

  test("holds up those behind it, so that the lane's order holds", async () => {
    const store = new GatedStore();
    const desk = new JobDesk({ store });
    const volunteer = desk.volunteer().join();
    await desk.submit();
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    await desk.submit();
    const [cold, ...others] = await desk.submitMany(3);
    desk.payloads.drop(cold as JobId);
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    assert.deepEqual([volunteer.jobs.length, await desk.status(cold ?? "")], [2, "pending"]);
    await store.open(0);
    assert.deepEqual(volunteer.jobIds.slice(2), [cold, ...others].slice(0, volunteer.jobs.length - 2));
    assert.equal(await desk.status(cold ?? ""), "running");
    assert.ok(volunteer.jobs.length > 3);
  });

  test("comes too late for a volunteer that has left, and disturbs nobody", async () => {
    const store = new GatedStore();
    const desk = new JobDesk({ store, payloadBytesMax: 0 });
    const id = await desk.submit();
    desk.volunteer().join().leave();
    const second = desk.volunteer().join();
    await store.open(1);
    assert.deepEqual(second.jobIds, [id]);
    store.gates[0]?.reject(new Error("The disk is gone."));
    await settled();
    assert.deepEqual([desk.dispatcher.leased, desk.dispatcher.queue.size], [1, 0]);
    second.complete();
    assert.equal((await endOf(desk, id)).attempts, 1);
  });

  test("and is not there fails the job", async () => {
    class EmptyStore extends MemoryJobStore {
      override async payload(): Promise<undefined> {}
    }
    const desk = new JobDesk({ store: new EmptyStore(), payloadBytesMax: 0 });
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    assert.equal((await endOf(desk, id)).errorCode, "volunteer_error");
    assert.deepEqual([volunteer.jobs.length, desk.dispatcher.leased], [0, 0]);
  });
});

test("what has ended is dropped from the cache of payloads", async () => {
  const desk = new JobDesk();
  const [first, second] = await desk.submitMany(2);
  await desk.jobs.cancel(second ?? "");
  desk.volunteer().join().complete();
  for (const id of [first, second]) assert.equal(desk.payloads.cached(id as JobId), undefined);
});
