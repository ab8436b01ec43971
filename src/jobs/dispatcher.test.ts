import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { endOf, everyLanguage, JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";
import { closeCodes } from "../protocol/volunteer.ts";

describe("a job", () => {
  test("goes to a volunteer that waits, with all it needs", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit({
      code: "6 * 7",
      input_data: { a: [1] },
      memory_mb: 64,
      namespace: "alice",
    });
    const { lease, ...job } = volunteer.job();
    assert.ok(Number.isSafeInteger(lease));
    assert.deepEqual(job, {
      type: "job",
      job_id: id,
      job_type: "js",
      code: "6 * 7",
      input_data: { a: [1] },
      timeout_seconds: 30,
      slot: 0,
      namespace: "alice",
      memory_mb: 64,
    });
  });

  test("waits for a volunteer that comes later", async () => {
    const desk = new JobDesk();
    const id = await desk.submit();
    assert.equal(await desk.status(id), "pending");
    assert.deepEqual(desk.volunteer().join().jobIds, [id]);
    assert.equal(await desk.status(id), "running");
  });

  test("of wasm says where its module is", async () => {
    const cid = `b${"a".repeat(58)}`;
    const desk = new JobDesk({ modules: [cid] });
    const volunteer = desk.volunteer().join();
    await desk.jobs.submit([{ job_type: "wasm", wasm_cid: cid }]);
    const { code, wasm_cid, wasm_url } = volunteer.job();
    assert.deepEqual([code, wasm_cid, wasm_url], [undefined, cid, `/ipfs/${cid}`]);
  });

  test("ends with what its volunteer says it returned and printed", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    desk.clock.advance(5);
    const { lease } = volunteer.job();
    volunteer.say({
      type: "result",
      job_id: id,
      lease,
      result: [1],
      stdout: "o",
      stderr: "e",
      stats: { wall_ms: 3 },
    });
    const state = await endOf(desk, id);
    assert.deepEqual(state, {
      status: "completed",
      error: undefined,
      errorCode: undefined,
      stats: { wall_ms: 3 },
      attempts: 1,
      volunteerId: volunteer.id,
      startedAt: desk.clock.now() - 5,
      completedAt: desk.clock.now(),
    });
    assert.deepEqual((await desk.jobs.whole(id)).output, { resultJson: "[1]", stdout: "o", stderr: "e" });
  });

  test("whose payload left the cache is read from the store, and the lane's order holds", async () => {
    const desk = new JobDesk({ payloadBytesMax: 0 });
    const volunteer = desk.volunteer().join();
    const ids = await desk.submitMany(3);
    for (const id of ids) assert.equal(desk.payloads.cached(id), undefined);
    for (let nth = 0; nth < 3; nth++) {
      await settled();
      for (const job of volunteer.jobs.slice(nth)) if (job.job_id === ids[nth]) volunteer.complete(job);
    }
    assert.deepEqual(volunteer.jobIds, ids);
  });

  test("whose payload the disk does not give is tried again, and meanwhile can be cancelled", async () => {
    const desk = new JobDesk({ payloadBytesMax: 0 });
    const [first, second] = await desk.submitMany(2);
    desk.store.broken = true;
    const volunteer = desk.volunteer().join({ slots: 2 });
    await settled();
    assert.deepEqual(volunteer.jobIds, []);
    desk.store.broken = false;
    await desk.jobs.cancel(second ?? "");
    desk.clock.advance(1000);
    await settled();
    assert.deepEqual(volunteer.jobIds, [first]);
  });
});

describe("a lease", () => {
  test("has a number that none had before", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 4 });
    await desk.submitMany(4);
    assert.equal(new Set(volunteer.jobs.map(({ lease }) => lease)).size, 4);
  });

  test("of another number than the present one counts for nothing", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 2 });
    const id = await desk.submit();
    const first = volunteer.job();
    volunteer.giveBack(first);
    const second = volunteer.job();
    assert.notEqual(first.lease, second.lease);
    volunteer.complete(first, { result: "late" });
    assert.equal(await desk.status(id), "running");
    volunteer.complete(second, { result: "true" });
    await endOf(desk, id);
    assert.equal((await desk.jobs.whole(id)).output?.resultJson, '"true"');
    assert.equal(desk.dispatcher.counts.stale, 1);
  });

  test("is over with the result: saying it twice changes nothing", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    volunteer.complete(volunteer.job(), { result: 1 });
    volunteer.complete(volunteer.job(), { result: 2 });
    volunteer.fail(volunteer.job(), "guest_error");
    await endOf(desk, id);
    assert.equal((await desk.jobs.whole(id)).output?.resultJson, "1");
    assert.equal(volunteer.closedWith, undefined);
  });

  test("of another volunteer is no business of this one", async () => {
    const desk = new JobDesk();
    const holder = desk.volunteer().join();
    const id = await desk.submit();
    const liar = desk.volunteer().join();
    liar.complete(holder.job(), { result: "forged" });
    assert.equal(liar.closedWith?.code, closeCodes.notYours);
    assert.equal(await desk.status(id), "running");
    assert.deepEqual(
      [...desk.volunteers].map((volunteer) => volunteer.id),
      [holder.id],
    );
  });

  test("that a volunteer made up ends its session, and its own jobs go to others", async () => {
    const desk = new JobDesk();
    const liar = desk.volunteer().join();
    const id = await desk.submit();
    const other = desk.volunteer().join();
    liar.say({ type: "error", job_id: "no-such-job", error: "x" });
    assert.equal(liar.closedWith?.code, closeCodes.notYours);
    assert.deepEqual(other.jobIds, [id]);
  });
});

describe("a volunteer that has not said ready", () => {
  test("may say that it lives", () => {
    const volunteer = new JobDesk().volunteer();
    volunteer.say({ type: "heartbeat" });
    assert.equal(volunteer.closedWith, undefined);
  });

  test("may say nothing else", () => {
    const volunteer = new JobDesk().volunteer();
    volunteer.say({ type: "result", job_id: "x", result: 1 });
    assert.equal(volunteer.closedWith?.code, closeCodes.notYours);
  });
});

describe("a volunteer of the reference protocol", () => {
  test("is greeted once and gets one job after each ready", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().joinPlainly();
    const [first, second] = await desk.submitMany(2);
    assert.deepEqual(volunteer.jobIds, [first]);
    volunteer.say({ type: "result", job_id: first ?? "", result: 1 });
    assert.deepEqual(volunteer.jobIds, [first]);
    volunteer.joinPlainly();
    assert.deepEqual(volunteer.jobIds, [first, second]);
    assert.equal(volunteer.sent.filter(({ type }) => type === "ack").length, 1);
    await endOf(desk, first ?? "");
  });

  test("has one slot, whatever it says", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer();
    desk.dispatcher.ready(volunteer, { type: "ready", capabilities: everyLanguage, slots: 8 });
    await desk.submitMany(3);
    assert.equal(volunteer.jobs.length, 1);
  });

  test("that says ready too early still gets its next job after the result alone", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().joinPlainly();
    const [first, second] = await desk.submitMany(2);
    volunteer.joinPlainly();
    assert.deepEqual(volunteer.jobIds, [first]);
    volunteer.say({ type: "result", job_id: first ?? "", result: 1 });
    assert.deepEqual(volunteer.jobIds, [first, second]);
  });
});

describe("capabilities", () => {
  test("keep a job from those who cannot run it", async () => {
    const desk = new JobDesk();
    const offers = [
      { capabilities: { ...everyLanguage, js: false } },
      { capabilities: { ...everyLanguage, max_memory_mb: 255 } },
      { namespaces: ["bob"] },
    ];
    const unfit = offers.map((offer) => desk.volunteer().join(offer));
    const id = await desk.submit({ namespace: "alice" });
    assert.deepEqual(
      unfit.map((volunteer) => volunteer.jobs.length),
      [0, 0, 0],
    );
    const fit = desk.volunteer().join({ namespaces: ["bob", "alice"] });
    assert.deepEqual(fit.jobIds, [id]);
  });

  test("can change with another ready", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ capabilities: { ...everyLanguage, js: false }, slots: 1 });
    const ids = await desk.submitMany(3);
    volunteer.join({ slots: 2 });
    assert.deepEqual(volunteer.jobIds, ids.slice(0, 2));
    assert.equal(desk.volunteers.get(volunteer.id)?.offer.slots, 2);
    volunteer.join({ slots: 1 });
    volunteer.complete(volunteer.job(1), { wallMs: 100 });
    assert.equal(volunteer.jobs.length, 2);
    volunteer.complete(volunteer.job(0), { wallMs: 100 });
    assert.deepEqual(volunteer.jobIds, ids);
  });

  test("prefer a lane that has served the namespace, then one that has served nobody", async () => {
    const desk = new JobDesk();
    const [first, second] = [desk.volunteer().join(), desk.volunteer().join()];
    await desk.submit({ namespace: "alice" });
    first.complete();
    await desk.submit({ namespace: "bob" });
    assert.equal(second.job().namespace, "bob");
    second.complete();
    for (let nth = 0; nth < 3; nth++) {
      await desk.submit({ namespace: "alice" });
      first.complete();
    }
    assert.deepEqual([first.jobs.length, second.jobs.length], [4, 1]);
  });

  test("count for more than having served the namespace", async () => {
    const desk = new JobDesk();
    const small = desk.volunteer().join({ capabilities: { ...everyLanguage, max_memory_mb: 256 } });
    await desk.submit();
    small.complete();
    const large = desk.volunteer().join();
    const id = await desk.submit({ memory_mb: 1000 });
    assert.deepEqual(large.jobIds, [id]);
  });

  test("that a volunteer takes back are counted on no more", async () => {
    const desk = new JobDesk();
    const modest = { ...everyLanguage, max_memory_mb: 256 };
    const small = desk.volunteer().join({ capabilities: modest });
    const large = desk.volunteer().join();
    small.join({ capabilities: { ...modest, js: false } });
    const id = await desk.submit();
    assert.deepEqual([small.jobIds, large.jobIds], [[], [id]]);
  });

  test("prefer the volunteer that is kept for the namespace, and then the least able", async () => {
    const desk = new JobDesk();
    const large = desk.volunteer().join();
    const small = desk.volunteer().join({ capabilities: { ...everyLanguage, max_memory_mb: 256 } });
    const kept = desk.volunteer().join({ namespaces: ["alice"] });
    await desk.submit({ namespace: "alice" });
    await desk.submit({ namespace: "alice" });
    await desk.submit({ namespace: "alice" });
    assert.deepEqual(
      [kept, small, large].map((volunteer) => volunteer.jobs.length),
      [1, 1, 1],
    );
    assert.deepEqual(desk.volunteers.totals(), { volunteers: 3, slots: 3, busySlots: 3 });
  });
});

describe("draining", () => {
  test("of a volunteer: it finishes what it has and gets nothing new", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const [first, second] = await desk.submitMany(2);
    volunteer.say({ type: "drain" });
    volunteer.complete();
    await endOf(desk, first ?? "");
    assert.equal(volunteer.jobs.length, 1);
    assert.equal(await desk.status(second ?? ""), "pending");
    assert.equal(desk.volunteers.view().volunteers[0]?.draining, true);
  });

  test("of the dispatcher: it waits for what is out and hands out no more", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const [first, second] = await desk.submitMany(2);
    const drained = desk.dispatcher.drain(60_000);
    assert.equal(volunteer.sent.at(-1)?.type, "drain");
    volunteer.complete();
    await drained;
    await endOf(desk, first ?? "");
    assert.equal(await desk.status(second ?? ""), "pending");
    assert.equal(volunteer.jobs.length, 1);
  });

  test("of the dispatcher ends when its time is up, and a volunteer that then leaves costs no attempt", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit({ max_retries: 0 });
    const drained = desk.dispatcher.drain(5_000);
    desk.clock.advance(5_000);
    await drained;
    volunteer.leave();
    await settled();
    const [record] = await Array.fromAsync(desk.store.unfinished());
    assert.deepEqual([record?.spec.id, record?.state.status], [id, "pending"]);
  });

  test("of the dispatcher is over when the last volunteer with work has left", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    await desk.submit();
    const drained = desk.dispatcher.drain(60_000);
    volunteer.leave();
    await drained;
    assert.equal(desk.dispatcher.leased, 0);
  });

  test("of the dispatcher is over at once when nothing is out", async () => {
    const desk = new JobDesk();
    desk.volunteer().join();
    await desk.dispatcher.drain(60_000);
    await desk.submit();
    assert.equal(desk.dispatcher.leased, 0);
  });
});

describe("live output", () => {
  test("reaches those who listen, as long as it is within bounds", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    const stream = desk.events.all();
    const { lease } = volunteer.job();
    const say = (text: string) => volunteer.say({ type: "log", job_id: id, lease, stream: "stdout", text });
    say("one");
    say("x".repeat(1024 * 1024));
    say("three");
    stream[Symbol.dispose]();
    const heard = desk.live.get(id)?.tail.map(({ text }) => text);
    assert.deepEqual(heard, ["one"]);
  });

  test("on an old lease is dropped", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 2 });
    const id = await desk.submit();
    const { lease } = volunteer.job();
    volunteer.giveBack(volunteer.job());
    volunteer.say({ type: "log", job_id: id, lease, stream: "stdout", text: "late" });
    assert.deepEqual(desk.live.get(id)?.tail, []);
  });
});

test("a volunteer that asks more at once than its slots can is sent away, and its answers are not sent", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join({ slots: 2 });
  await desk.submit({ code: "db.get('k')" });
  const { job_id, lease } = volunteer.job();
  for (let call_id = 0; call_id < 50; call_id++) {
    volunteer.say({ type: "host", call_id, job_id, lease, op: "db.get", args_json: '{"key":"k"}' });
  }
  assert.equal(volunteer.closedWith?.code, 4429);
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.equal(volunteer.sent.filter(({ type }) => type === "host_result").length, 0);
});

test("a volunteer with slots that says ready again and again is sent away", () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const closed = () => volunteer.closedWith?.code;
  for (let second = 0; second < 5; second++) {
    for (let n = 0; n < 7; n++) volunteer.join({ slots: 1 + n });
    desk.clock.advance(1000);
  }
  assert.equal(closed(), undefined);
  for (let n = 0; n < 9; n++) volunteer.join({ slots: 1 + n });
  assert.equal(closed(), 4429);
});

test("a volunteer is not taken for silent while this process stood still", () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  desk.clock.stall(70_000);
  const closed = () => volunteer.closedWith?.code;
  assert.equal(closed(), undefined);
  desk.clock.advance(61_000);
  assert.equal(closed(), 4408);
});
