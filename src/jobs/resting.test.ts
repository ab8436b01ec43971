/** Slots that rest: to keep to their share, or since their volunteer paused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";

describe("a slot that rests", () => {
  test("gets nothing until it wakes", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    volunteer.say({ type: "rest", slot: 0 });
    const id = await desk.submit();
    assert.deepEqual(volunteer.jobIds, []);
    volunteer.say({ type: "wake", slot: 0 });
    assert.deepEqual(volunteer.jobIds, [id]);
  });

  test("is one of several: the others work on", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 2 });
    volunteer.say({ type: "rest", slot: 0 });
    await desk.submitMany(3);
    assert.deepEqual(
      volunteer.jobs.map(({ slot }) => slot),
      [1],
    );
    assert.equal(desk.volunteers.view().volunteers[0]?.resting_slots, 1);
  });

  test("gives back what waits there at no cost, and others run it at once", async () => {
    const desk = new JobDesk();
    const tired = desk.volunteer().join();
    const id = await desk.submit({ max_retries: 0 });
    const fresh = desk.volunteer().join();
    tired.say({ type: "rest", slot: 0 });
    tired.giveBack(tired.job());
    assert.deepEqual(fresh.jobIds, [id]);
    fresh.complete();
    assert.equal((await endOf(desk, id)).status, "completed");
  });

  test("is not taken for one that keeps failing, however often work crosses with its rest", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    await desk.submit();
    for (let times = 0; times < 10; times++) {
      volunteer.say({ type: "rest", slot: 0 });
      volunteer.giveBack(volunteer.job());
      volunteer.say({ type: "wake", slot: 0 });
    }
    assert.equal(volunteer.jobs.length, 11);
  });

  test("answers what it had begun, and then gets no more", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const [first] = await desk.submitMany(2);
    volunteer.say({ type: "rest", slot: 0 });
    volunteer.complete();
    await endOf(desk, first);
    assert.equal(volunteer.jobs.length, 1);
  });

  test("may rest from the beginning, or by saying ready again", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 2, resting: [0, 1, 7] });
    await desk.submit();
    assert.equal(volunteer.jobs.length, 0);
    assert.equal(desk.volunteers.view().volunteers[0]?.resting_slots, 2);
    volunteer.join({ slots: 2, resting: [0] });
    assert.equal(volunteer.job().slot, 1);
  });

  test("that the volunteer never had is of no account", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    volunteer.say({ type: "rest", slot: 9 });
    volunteer.say({ type: "wake", slot: 9 });
    await desk.submit();
    assert.equal(volunteer.jobs.length, 1);
  });
});

describe("a share of the time", () => {
  test("gives a job that much longer before its volunteer is not believed any more", async () => {
    const desk = new JobDesk({ overdueMs: 1000 });
    const volunteer = desk.volunteer().join({ share: 0.25 });
    const id = await desk.submit({ timeout_seconds: 10 });
    await beat(desk, 40_500);
    assert.equal(await desk.status(id), "running");
    await beat(desk, 1_000);
    assert.equal((await endOf(desk, id)).errorCode, "timeout");
    assert.equal(volunteer.sent.at(-1)?.type, "cancel");
  });

  test("that grows in the middle of a job does not hurry it", async () => {
    const desk = new JobDesk({ overdueMs: 1000 });
    const volunteer = desk.volunteer().join({ share: 0.25 });
    const id = await desk.submit({ timeout_seconds: 10 });
    await beat(desk, 30_000);
    volunteer.join({ share: 1 });
    await beat(desk, 5_000);
    assert.equal(await desk.status(id), "running");
    volunteer.complete();
    const next = await desk.submit({ timeout_seconds: 10 });
    await beat(desk, 12_000);
    assert.equal((await endOf(desk, next)).errorCode, "timeout", "the next one has no longer than its time");
  });

  test("sends less ahead, since it takes longer there", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ share: 0.25 });
    await desk.submit();
    volunteer.complete(volunteer.job(), { wallMs: 1 });
    await desk.submitMany(100);
    volunteer.complete(volunteer.job(), { wallMs: 1 });
    assert.equal(volunteer.jobs.length - 2, 5);
  });

  async function beat(desk: JobDesk, forMs: number): Promise<void> {
    for (let ms = 0; ms < forMs; ms += 500) {
      desk.clock.advance(500);
      for (const volunteer of desk.everyVolunteer) volunteer.say({ type: "heartbeat" });
    }
    await settled();
  }
});
