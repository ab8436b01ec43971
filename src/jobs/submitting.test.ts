/** What the service takes in and what it refuses. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everyJob, JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";
import { limits } from "../protocol/limits.ts";

const cid = `b${"a".repeat(58)}`;

describe("a submission", () => {
  test("has defaults for what it leaves open", async () => {
    const desk = new JobDesk();
    const { jobs, replayed } = await desk.jobs.submit([{ job_type: "lua", code: "return 1" }]);
    const [job] = jobs;
    assert.equal(replayed, false);
    assert.deepEqual(job?.spec, {
      id: job?.spec.id,
      language: "lua",
      namespace: "default",
      wasmCid: undefined,
      timeoutMs: 30_000,
      memoryMb: 256,
      priority: 0,
      maxRetries: 3,
      usesDatabase: false,
      placement: "any",
      createdAt: desk.clock.now(),
    });
    assert.deepEqual(await desk.jobs.get(job?.spec.id ?? ""), job);
  });

  test("has what it asks for", async () => {
    const desk = new JobDesk();
    const fields = { namespace: "alice", timeout_seconds: 0.1, memory_mb: 64, priority: 9, max_retries: 0 };
    const id = await desk.submit({ ...fields, input_data: null });
    const { spec, payload } = await desk.jobs.whole(id);
    const { namespace, timeoutMs, memoryMb, priority, maxRetries } = spec;
    assert.deepEqual([namespace, timeoutMs, memoryMb, priority, maxRetries], ["alice", 100, 64, 9, 0]);
    assert.deepEqual(payload, { code: "42", inputJson: "null" });
  });

  test("of many is accepted in their order", async () => {
    const desk = new JobDesk();
    const { jobs } = await desk.jobs.submit([
      { job_type: "js", code: "1" },
      { job_type: "python", code: "2" },
    ]);
    assert.deepEqual(
      jobs.map(({ spec }) => spec.language),
      ["js", "python"],
    );
    assert.equal((await desk.jobs.list(everyJob)).total, 2);
  });

  test("with too much code or input is refused by the name of the field", async () => {
    const desk = new JobDesk();
    const code = "é".repeat(limits.codeBytesMax / 2);
    await desk.submit({ code });
    const refused = {
      code: "payload_too_large",
      message: /^code must/,
      details: { field: "code", bytes_max: limits.codeBytesMax },
    };
    await assert.rejects(desk.submit({ code: `${code}x` }), refused);
    const input_data = "x".repeat(limits.inputBytesMax - 2);
    await desk.submit({ input_data });
    await assert.rejects(
      desk.jobs.submit([
        { job_type: "js", code: "1" },
        { job_type: "js", code: "1", input_data: `${input_data}x` },
      ]),
      { code: "payload_too_large", message: /^\[1\]\.input_data must/ },
    );
    assert.equal((await desk.jobs.list(everyJob)).total, 2);
  });

  test("of wasm needs its module to be there", async () => {
    const desk = new JobDesk({ modules: [cid] });
    const other = `b${"c".repeat(58)}`;
    await assert.rejects(
      desk.jobs.submit([
        { job_type: "wasm", wasm_cid: cid },
        { job_type: "wasm", wasm_cid: other },
      ]),
      { code: "wasm_not_found", details: { wasm_cid: other } },
    );
    assert.equal((await desk.jobs.list(everyJob)).total, 0);
    const { jobs } = await desk.jobs.submit([{ job_type: "wasm", wasm_cid: cid }]);
    assert.equal((await desk.jobs.whole(jobs[0]?.spec.id ?? "")).payload.code, undefined);
  });

  test("that the disk does not take is refused and leaves nothing", async () => {
    const desk = new JobDesk({ queueMax: 1 });
    const volunteer = desk.volunteer().join();
    desk.store.broken = true;
    await assert.rejects(desk.submit(), { code: "storage_unavailable" });
    assert.equal(volunteer.jobs.length, 0);
    desk.store.broken = false;
    await desk.submit();
    assert.equal(volunteer.jobs.length, 1);
  });

  test("is refused once the orchestrator stops", async () => {
    const desk = new JobDesk();
    desk.jobs[Symbol.dispose]();
    await assert.rejects(desk.submit(), { code: "shutting_down" });
  });
});

describe("a full queue", () => {
  test("refuses a submission as a whole, and says when to come again", async () => {
    const desk = new JobDesk({ queueMax: 3 });
    await desk.submitMany(2);
    await assert.rejects(desk.submitMany(2), (error: { code: string; details: Record<string, number> }) => {
      assert.equal(error.code, "queue_full");
      assert.deepEqual(error.details, { retry_after_seconds: 60, queue_max: 3 });
      return true;
    });
    await desk.submitMany(1);
    assert.equal((await desk.jobs.totals()).queue.depth, 3);
  });

  test("counts what is being stored", async () => {
    const desk = new JobDesk({ queueMax: 3 });
    const outcomes = await Promise.allSettled([desk.submitMany(2), desk.submitMany(2), desk.submitMany(1)]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["fulfilled", "rejected", "fulfilled"],
    );
  });

  test("has room again when a job is taken or cancelled", async () => {
    const desk = new JobDesk({ queueMax: 2 });
    const [first] = await desk.submitMany(2);
    await desk.jobs.cancel(first ?? "");
    await desk.submitMany(1);
    desk.volunteer().join();
    await desk.submitMany(1);
    await assert.rejects(desk.submitMany(1), { code: "queue_full" });
  });

  test("of a fast orchestrator has room sooner", async () => {
    const desk = new JobDesk({ queueMax: 100 });
    const volunteer = desk.volunteer().join({ slots: 50 });
    for (let second = 0; second < 30; second++) {
      await desk.submitMany(50);
      for (const job of volunteer.jobs.slice(-50)) volunteer.complete(job);
      desk.clock.advance(1000);
      volunteer.say({ type: "heartbeat" });
    }
    desk.volunteer();
    volunteer.say({ type: "drain" });
    await desk.submitMany(100);
    await assert.rejects(desk.submitMany(100), { details: { retry_after_seconds: 3, queue_max: 100 } });
  });
});

describe("an Idempotency-Key", () => {
  const withKey = (desk: JobDesk, code: string, bodyHash = code, key = "k") =>
    desk.jobs.submit([{ job_type: "js", code }], { idempotency: { key, bodyHash } });

  test("gives the same job again for the same body", async () => {
    const desk = new JobDesk();
    const first = await withKey(desk, "1");
    const second = await withKey(desk, "1");
    assert.deepEqual([first.replayed, second.replayed], [false, true]);
    assert.deepEqual(second.jobs, first.jobs);
    assert.equal((await desk.jobs.list(everyJob)).total, 1);
  });

  test("shows how the job stands by then", async () => {
    const desk = new JobDesk();
    await withKey(desk, "1");
    desk.volunteer().join().complete();
    await settled();
    assert.equal((await withKey(desk, "1")).jobs[0]?.state.status, "completed");
  });

  test("is refused with another body", async () => {
    const desk = new JobDesk();
    await withKey(desk, "1");
    await assert.rejects(withKey(desk, "2"), { code: "idempotency_conflict" });
  });

  test("holds when both come at once", async () => {
    const desk = new JobDesk();
    const [first, second, other] = await Promise.allSettled([
      withKey(desk, "1"),
      withKey(desk, "1"),
      withKey(desk, "2"),
    ]);
    assert.ok(first.status === "fulfilled" && second.status === "fulfilled");
    assert.deepEqual(second.value.jobs, first.value.jobs);
    assert.ok(other.status === "rejected");
    assert.equal((await desk.jobs.list(everyJob)).total, 1);
  });

  test("is free again when the submission failed", async () => {
    const desk = new JobDesk();
    desk.store.broken = true;
    await assert.rejects(withKey(desk, "1"), { code: "storage_unavailable" });
    desk.store.broken = false;
    assert.equal((await withKey(desk, "1")).replayed, false);
  });

  test("that another orchestrator on the same store used meanwhile gives that one's job", async () => {
    const desk = new JobDesk();
    const other = new JobDesk({ store: desk.store });
    const outcomes = await Promise.all([withKey(desk, "1"), withKey(other, "1")]);
    const ids = outcomes.map(({ jobs }) => jobs[0]?.spec.id);
    assert.equal(ids[0], ids[1]);
    assert.deepEqual(outcomes.map(({ replayed }) => replayed).sort(), [false, true]);
  });
});
