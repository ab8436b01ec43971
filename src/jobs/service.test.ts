import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everyJob, JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";
import type { JobEventStream } from "./events.ts";
import { hasEnded } from "./job.ts";

const unknownId = "01890000-0000-7000-8000-000000000000";

describe("reading", () => {
  test("a job that is not there is refused, whatever its id looks like", async () => {
    const desk = new JobDesk();
    for (const id of [unknownId, "x", "", "../../etc/passwd", "1".repeat(1000)]) {
      const refused = { code: "job_not_found" };
      await assert.rejects(desk.jobs.get(id), refused);
      await assert.rejects(desk.jobs.whole(id), refused);
      await assert.rejects(desk.jobs.cancel(id), refused);
      await assert.rejects(desk.jobs.waitForEnd(id, 1000), refused);
      await assert.rejects(desk.jobs.watch(id), refused);
    }
  });

  test("a job shows what it is while it runs and what it left when it has ended", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit({ input_data: 7 });
    const running = await desk.jobs.whole(id);
    assert.deepEqual(running.state, {
      status: "running",
      attempts: 1,
      volunteerId: volunteer.id,
      startedAt: desk.clock.now(),
    });
    assert.deepEqual([running.payload, running.output], [{ code: "42", inputJson: "7" }, undefined]);
    volunteer.complete();
    await settled();
    const whole = await desk.jobs.whole(id);
    assert.deepEqual(whole.output, { resultJson: "42", stdout: "", stderr: "" });
    assert.deepEqual(whole.payload, { code: "42", inputJson: "7" });
  });

  test("lists show how jobs stand now", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const [first, second] = await desk.submitMany(2);
    volunteer.complete();
    await settled();
    const { jobs } = await desk.jobs.list(everyJob);
    const shown = jobs.map(({ spec, state, resultJson }) => [spec.id, state.status, resultJson]);
    assert.deepEqual(shown, [
      [second, "running", undefined],
      [first, "completed", "42"],
    ]);
    assert.equal((await desk.jobs.list({ ...everyJob, status: "running" })).total, 1);
  });

  test("totals count jobs by status, and what waits by language and namespace", async () => {
    const desk = new JobDesk({ queueMax: 50 });
    const volunteer = desk.volunteer().join();
    await desk.submitMany(2);
    volunteer.complete();
    await desk.submit({ job_type: "lua", namespace: "alice" });
    await desk.submit({ job_type: "python", namespace: "alice" });
    await desk.jobs.cancel(await desk.submit());
    assert.deepEqual(await desk.jobs.totals(), {
      byStatus: { pending: 2, running: 1, completed: 1, failed: 0, cancelled: 1 },
      queue: {
        depth: 2,
        max: 50,
        byLanguage: { wasm: 0, python: 1, lua: 1, js: 0 },
        byNamespace: { alice: 2 },
      },
    });
  });
});

describe("cancelling", () => {
  test("takes a waiting job out of the queue", async () => {
    const desk = new JobDesk();
    const [first, second] = await desk.submitMany(2);
    await desk.jobs.cancel(first ?? "");
    const { state, output } = await desk.jobs.whole(first ?? "");
    assert.ok(hasEnded(state));
    assert.deepEqual([state.status, state.attempts, output?.resultJson], ["cancelled", 0, undefined]);
    assert.deepEqual(desk.volunteer().join().jobIds, [second]);
  });

  test("stops a running job, drops its late result and gives its slot to the next", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const [first, second] = await desk.submitMany(2);
    const { lease } = volunteer.job();
    await desk.jobs.cancel(first ?? "");
    assert.deepEqual(
      volunteer.sent.filter(({ type }) => type === "cancel"),
      [{ type: "cancel", job_id: first, lease }],
    );
    assert.deepEqual(volunteer.jobIds, [first, second]);
    volunteer.complete(volunteer.job(0));
    assert.equal(volunteer.closedWith, undefined);
    const { state } = await desk.jobs.get(first ?? "");
    assert.ok(hasEnded(state));
    assert.deepEqual([state.status, state.attempts], ["cancelled", 1]);
  });

  test("waits for a reference volunteer to be ready again", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().joinPlainly();
    const [first] = await desk.submitMany(2);
    await desk.jobs.cancel(first ?? "");
    assert.equal(volunteer.jobs.length, 1);
    volunteer.joinPlainly();
    assert.equal(volunteer.jobs.length, 2);
  });

  test("a job that has ended is refused", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    volunteer.complete();
    await assert.rejects(desk.jobs.cancel(id), { code: "job_ended" }, "also while its end is being stored");
    await settled();
    await assert.rejects(desk.jobs.cancel(id), { code: "job_ended" });
    assert.equal(await desk.status(id), "completed");
  });

  test("says so when the disk does not take it, and is stored later", async () => {
    const desk = new JobDesk();
    const id = await desk.submit();
    desk.store.broken = true;
    await assert.rejects(desk.jobs.cancel(id), { code: "storage_unavailable" });
    desk.store.broken = false;
    desk.clock.advance(100);
    await settled();
    assert.equal(await desk.status(id), "cancelled");
  });
});

describe("waiting for the end", () => {
  test("gives the job as soon as it has ended", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    const waiting = desk.jobs.waitForEnd(id, 60_000);
    volunteer.complete();
    const { state, output } = await waiting;
    assert.deepEqual([state.status, output?.resultJson], ["completed", "42"]);
  });

  test("gives it as it stands when the time is up, or the signal comes", async () => {
    const desk = new JobDesk();
    const id = await desk.submit();
    const waiting = desk.jobs.waitForEnd(id, 500);
    const controller = new AbortController();
    const aborted = desk.jobs.waitForEnd(id, 60_000, controller.signal);
    controller.abort();
    assert.equal((await aborted).state.status, "pending");
    desk.clock.advance(500);
    assert.equal((await waiting).state.status, "pending");
    assert.equal((await desk.jobs.waitForEnd(id, 60_000, controller.signal)).state.status, "pending");
    assert.equal((await desk.jobs.waitForEnd(id, 0)).state.status, "pending");
    assert.equal(desk.live.get(id)?.listeners?.size, 0);
  });

  test("does not wait for what has ended", async () => {
    const desk = new JobDesk();
    const id = await desk.submit();
    await desk.jobs.cancel(id);
    assert.equal((await desk.jobs.waitForEnd(id, 60_000)).state.status, "cancelled");
  });
});

describe("watching", () => {
  async function read(stream: JobEventStream): Promise<string[]> {
    return Array.fromAsync(stream, (event) => {
      if (event.kind === "status") return event.record.state.status;
      return event.kind === "log" ? `${event.part.stream}: ${event.part.text}` : event.kind;
    });
  }

  test("tells at the end what was not printed while it ran, to those who read this job alone", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    const { lease } = volunteer.job();
    const everything = read(desk.events.all());
    const stream = read(await desk.jobs.watch(id));
    volunteer.say({ type: "log", job_id: id, lease, stream: "stdout", text: "one " });
    volunteer.say({ type: "result", job_id: id, lease, result: 1, stdout: "one two", stderr: "oops" });
    assert.deepEqual(await stream, ["running", "stdout: one ", "stdout: two", "stderr: oops", "completed"]);
    await settled();
    desk.events[Symbol.dispose]();
    assert.deepEqual(await everything, ["stdout: one ", "completed"]);
  });

  test("tells a job's whole story, and ends with it", async () => {
    const desk = new JobDesk();
    const id = await desk.submit();
    const story = read(await desk.jobs.watch(id));
    const volunteer = desk.volunteer().join();
    const { lease } = volunteer.job();
    volunteer.say({ type: "log", job_id: id, lease, stream: "stderr", text: "hm" });
    volunteer.complete();
    assert.deepEqual(await story, ["pending", "running", "stderr: hm", "completed"]);
  });

  test("begun late still shows what was printed in this attempt", async () => {
    const desk = new JobDesk();
    const first = desk.volunteer().join();
    const id = await desk.submit();
    const print = (volunteer: typeof first, text: string) => {
      const { lease } = volunteer.job();
      volunteer.say({ type: "log", job_id: id, lease, stream: "stdout", text });
    };
    print(first, "lost");
    first.leave();
    const second = desk.volunteer().join();
    print(second, "a");
    const story = read(await desk.jobs.watch(id));
    print(second, "b");
    second.complete();
    assert.deepEqual(await story, ["running", "stdout: a", "stdout: b", "completed"]);
  });

  test("begun after the end shows what was printed and how it ended", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    const { lease } = volunteer.job();
    volunteer.say({ type: "result", job_id: id, lease, stdout: "out", stderr: "err" });
    await settled();
    assert.deepEqual(await read(await desk.jobs.watch(id)), ["stdout: out", "stderr: err", "completed"]);
  });

  test("all jobs shows each state that they pass through", async () => {
    const desk = new JobDesk();
    const stream = desk.events.all();
    const story = read(stream);
    const volunteer = desk.volunteer().join();
    await desk.submit();
    volunteer.leave();
    desk.volunteer().join().complete;
    await settled();
    stream.close();
    assert.deepEqual(await story, ["pending", "running", "pending", "running"]);
  });
});

describe("a new start", () => {
  test("runs what had not ended, oldest first, and what was running before the rest", async () => {
    const before = new JobDesk();
    const volunteer = before.volunteer().join();
    const ids = await before.submitMany(3);
    await before.jobs.cancel(await before.submit());
    volunteer.complete();
    await settled();
    const after = new JobDesk({ store: before.store, queueMax: 1 });
    assert.equal(await after.jobs.recover(), 2);
    const next = after.volunteer().join({ slots: 2 });
    assert.deepEqual(await Promise.all([settled(), settled()]).then(() => next.jobIds), ids.slice(1));
    next.complete(next.job(0));
    next.complete(next.job(1));
    await settled();
    const ends = await Promise.all(ids.map(async (id) => (await after.jobs.get(id)).state));
    assert.deepEqual(
      ends.map(({ status, attempts }) => [status, attempts]),
      [
        ["completed", 1],
        ["completed", 2],
        ["completed", 1],
      ],
    );
  });

  test("gives no volunteer of before a say in it", async () => {
    const before = new JobDesk();
    const volunteer = before.volunteer().join();
    const id = await before.submit();
    const old = volunteer.job();
    await settled();
    const after = new JobDesk({ store: before.store });
    await after.jobs.recover();
    const same = after.volunteer().join();
    await settled();
    assert.notEqual(same.job().lease, old.lease);
    same.complete(old);
    assert.equal(await after.status(id), "running");
  });
});
