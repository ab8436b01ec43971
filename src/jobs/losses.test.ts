/** What becomes of jobs whose volunteer fails them. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, everyLanguage, JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";
import { closeCodes } from "../protocol/volunteer.ts";

describe("a failure", () => {
  for (const code of ["timeout", "memory_exceeded", "guest_error", "syntax_error", "result_not_json"]) {
    test(`of the guest (${code}) ends the job at once`, async () => {
      const desk = new JobDesk();
      const volunteer = desk.volunteer().join();
      const id = await desk.submit();
      volunteer.fail(volunteer.job(), code, "Because.");
      const { status, error, errorCode, attempts } = await endOf(desk, id);
      assert.deepEqual([status, error, errorCode, attempts], ["failed", "Because.", code, 1]);
      assert.equal(volunteer.jobs.length, 1);
    });
  }

  test("without a code is the guest's", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().joinPlainly();
    const id = await desk.submit();
    volunteer.say({ type: "error", job_id: id, error: "NameError" });
    assert.equal((await endOf(desk, id)).errorCode, "guest_error");
  });

  test("of the volunteer is retried on another one that is free", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    const other = desk.volunteer().join();
    volunteer.fail(volunteer.job(), "cell_crashed");
    assert.deepEqual([volunteer.jobs.length, other.jobIds], [1, [id]]);
    other.complete();
    assert.equal((await endOf(desk, id)).attempts, 2);
  });

  test("of the volunteer waits for another one that is busy, while the first one goes on", async () => {
    const desk = new JobDesk();
    const [volunteer, other] = [desk.volunteer().join(), desk.volunteer().join()];
    const [, second, third] = await desk.submitMany(3);
    other.fail(other.job(), "volunteer_error");
    assert.deepEqual(other.jobIds, [second, third]);
    volunteer.complete(volunteer.job(), { wallMs: 100 });
    desk.clock.advance(250);
    assert.equal(volunteer.job().job_id, second);
  });

  test("of the volunteer is retried there at once when the only other one drains", async () => {
    const desk = new JobDesk();
    const [volunteer, other] = [desk.volunteer().join(), desk.volunteer().join()];
    const [first] = await desk.submitMany(2);
    other.say({ type: "drain" });
    volunteer.fail(volunteer.job(), "cell_crashed");
    assert.deepEqual(volunteer.jobIds, [first, first]);
  });

  test("of the volunteer is retried there when there is no other, as often as the job allows", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit({ max_retries: 2 });
    for (let nth = 0; nth < 3; nth++) volunteer.fail(volunteer.job(nth), "cell_crashed", `crash ${nth}`);
    const { errorCode, error, attempts } = await endOf(desk, id);
    assert.deepEqual([errorCode, error, attempts], ["cell_crashed", "crash 2", 3]);
  });

  test("of the volunteer again and again makes the lane rest, ever longer", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    await desk.submitMany(10, { max_retries: 0 });
    const failNext = () => volunteer.fail(volunteer.job(), "volunteer_error");
    for (let nth = 0; nth < 3; nth++) failNext();
    assert.equal(volunteer.jobs.length, 3);
    desk.clock.advance(750);
    assert.equal(volunteer.jobs.length, 4);
    failNext();
    desk.clock.advance(750);
    assert.equal(volunteer.jobs.length, 4);
    desk.clock.advance(500);
    volunteer.complete();
    failNext();
    assert.equal(volunteer.jobs.length, 7, "a job done well makes good for it");
  });

  test("cannot be blamed on the loss of a volunteer by itself", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit({ max_retries: 0 });
    volunteer.fail(volunteer.job(), "volunteer_lost");
    assert.equal((await endOf(desk, id)).errorCode, "volunteer_error");
  });
});

describe("a volunteer that leaves", () => {
  test("loses its jobs to others, as often as they allow", async () => {
    const desk = new JobDesk();
    const id = await desk.submit({ max_retries: 1 });
    desk.volunteer().join().leave();
    assert.equal(await desk.status(id), "pending");
    const second = desk.volunteer().join();
    assert.deepEqual(second.jobIds, [id]);
    second.leave();
    const { errorCode, attempts, volunteerId } = await endOf(desk, id);
    assert.deepEqual([errorCode, attempts, volunteerId], ["volunteer_lost", 2, second.id]);
  });

  test("has its jobs done one at a time from then on: one of them may have brought it down", async () => {
    const desk = new JobDesk();
    const first = desk.volunteer().join();
    await desk.submit();
    const ids = await desk.submitMany(6);
    first.complete(first.job(), { wallMs: 0.5 });
    assert.ok(desk.dispatcher.leased > 2);
    const lost = desk.dispatcher.leased;
    first.leave();
    const second = desk.volunteer().join();
    for (let nth = 0; nth < lost; nth++) {
      assert.equal(second.jobs.length, nth + 1);
      second.complete(second.job(), { wallMs: 0.5 });
    }
    assert.deepEqual(second.jobIds.slice(0, lost), ids.slice(0, lost));
  });

  test("takes along what was sent ahead, which never seems to have run", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    await desk.submit();
    const ids = await desk.submitMany(5);
    volunteer.complete(volunteer.job(), { wallMs: 0.5 });
    assert.deepEqual(volunteer.jobIds.slice(1), ids.slice(0, 3));
    await settled();
    const stream = desk.events.all();
    const story: string[] = [];
    const reading = (async () => {
      for await (const event of stream) {
        if (event.kind === "status")
          story.push(`${ids.indexOf(event.record.spec.id)} ${event.record.state.status}`);
      }
    })();
    volunteer.leave();
    await settled();
    stream.close();
    await reading;
    assert.deepEqual(story, ["2 pending", "1 pending", "0 pending"]);
    const attempts = await Promise.all(ids.map(async (id) => (await desk.jobs.get(id)).state.attempts));
    assert.deepEqual(attempts, [1, 1, 1, 0, 0]);
  });

  test("is not offered to jobs that come later", async () => {
    const desk = new JobDesk();
    const small = desk.volunteer().join({ capabilities: { ...everyLanguage, max_memory_mb: 256 } });
    const large = desk.volunteer().join();
    small.leave();
    const id = await desk.submit();
    assert.deepEqual(large.jobIds, [id]);
  });

  test("has its jobs done before newer ones, in their order", async () => {
    const desk = new JobDesk();
    const first = desk.volunteer().join({ slots: 3 });
    const ids = await desk.submitMany(6);
    first.leave();
    assert.deepEqual(desk.volunteer().join({ slots: 6 }).jobIds, ids);
  });

  test("is not spoken to or listened to any more", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    volunteer.leave();
    volunteer.complete();
    volunteer.join();
    assert.equal(await desk.status(id), "pending");
    assert.equal(desk.volunteers.size, 0);
    assert.equal(volunteer.closedWith, undefined);
  });

  test("leaves a job that was not yet sent without blame", async () => {
    const desk = new JobDesk({ payloadBytesMax: 0 });
    const id = await desk.submit({ max_retries: 0 });
    desk.volunteer().join().leave();
    await settled();
    const next = desk.volunteer().join();
    await settled();
    next.complete();
    assert.equal((await endOf(desk, id)).attempts, 1);
  });
});

describe("a volunteer that falls silent", () => {
  test("is dismissed within the timeout, and its late result is dropped", async () => {
    const desk = new JobDesk({ silenceMs: 1000 });
    const [silent, other] = [desk.volunteer().join(), desk.volunteer()];
    const id = await desk.submit();
    desk.clock.advance(900);
    other.join();
    assert.equal(desk.volunteers.size, 2);
    desk.clock.advance(100);
    assert.equal(silent.closedWith?.code, closeCodes.silent);
    assert.deepEqual(other.jobIds, [id]);
    silent.complete(silent.job(), { result: "late" });
    other.complete(other.job(), { result: "true" });
    assert.equal((await endOf(desk, id)).attempts, 2);
    assert.equal((await desk.jobs.whole(id)).output?.resultJson, '"true"');
  });

  test("gets nothing more, not even a heartbeat", async () => {
    const desk = new JobDesk({ silenceMs: 1000, heartbeatMs: 1000 });
    const volunteer = desk.volunteer().join();
    desk.clock.advance(5000);
    assert.deepEqual(
      volunteer.sent.map(({ type }) => type),
      ["ack"],
    );
  });

  test("is anyone but those who say something now and then", async () => {
    const desk = new JobDesk({ silenceMs: 1000 });
    const volunteer = desk.volunteer().join();
    for (let nth = 0; nth < 10; nth++) {
      desk.clock.advance(900);
      volunteer.say({ type: "heartbeat" });
    }
    assert.equal(volunteer.closedWith, undefined);
  });
});

test("heartbeats go out at their interval", () => {
  const desk = new JobDesk({ heartbeatMs: 1000, silenceMs: 60_000 });
  const volunteer = desk.volunteer().join();
  desk.clock.advance(3_900);
  assert.equal(volunteer.sent.filter(({ type }) => type === "heartbeat").length, 3);
});

test("a job held far beyond its timeout fails with it, is cancelled, and its lane rests", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const [id] = await desk.submitMany(2, { timeout_seconds: 2 });
  const { lease } = volunteer.job();
  desk.clock.advance(11_900);
  assert.equal(await desk.status(id ?? ""), "running");
  desk.clock.advance(250);
  const { errorCode, attempts } = await endOf(desk, id ?? "");
  assert.deepEqual([errorCode, attempts], ["timeout", 1]);
  assert.deepEqual(
    volunteer.sent.filter(({ type }) => type === "cancel"),
    [{ type: "cancel", job_id: id, lease }],
  );
  assert.equal(volunteer.jobs.length, 1);
  desk.clock.advance(5_250);
  assert.equal(volunteer.jobs.length, 2);
});

test("a lane that rests does not stand in the way of one that is free", async () => {
  const desk = new JobDesk();
  const small = desk.volunteer().join({ capabilities: { ...everyLanguage, max_memory_mb: 256 } });
  for (let nth = 0; nth < 3; nth++) {
    await desk.submit({ max_retries: 0 });
    small.fail(small.job(), "volunteer_error");
  }
  const large = desk.volunteer().join();
  const id = await desk.submit();
  assert.deepEqual(large.jobIds, [id]);
});

describe("a lane that gives back the only job it has", () => {
  test("is not given it again without end", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    for (let nth = 0; volunteer.jobs.length > nth && nth < 100; nth++) volunteer.giveBack(volunteer.job(nth));
    assert.equal(volunteer.jobs.length, 3);
    assert.equal(await desk.status(id), "pending");
    desk.clock.advance(750);
    volunteer.complete();
    assert.equal((await endOf(desk, id)).attempts, 1);
  });
});
