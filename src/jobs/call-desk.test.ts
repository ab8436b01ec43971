import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeVolunteer, JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";
import type { InvocationOutcome } from "../functions/invoker.ts";
import type { Revision, RevisionId } from "../functions/revision.ts";
import { functionLimits } from "../protocol/functions.ts";
import { type InvokeMessage, instancesKept } from "../protocol/volunteer.ts";

let revisions = 0;
function revision(fields: Partial<Revision> = {}): Revision {
  revisions++;
  return {
    id: `revision-${revisions}` as RevisionId,
    namespace: "alice",
    path: "hello",
    number: 1,
    runtime: "js",
    code: "function handle() { return {} }",
    wasmCid: undefined,
    env: {},
    timeoutMs: 10_000,
    memoryMb: 256,
    placement: "trusted",
    auth: "public",
    createdAt: 0,
    ...fields,
  };
}

function deskForTest() {
  const desk = new JobDesk();
  const { calls } = desk.dispatcher;
  const ends: InvocationOutcome[] = [];
  const call = (of: Revision, repeatable = false, signal?: AbortSignal, requestJson = "{}") => {
    const outcome = calls.invoke({ revision: of, requestJson, repeatable, signal });
    outcome.then((end) => ends.push(end));
    return outcome;
  };
  return { desk, calls, call, ends };
}

const invokes = (volunteer: FakeVolunteer): InvokeMessage[] =>
  volunteer.sent.filter((message) => message.type === "invoke");
const lastInvoke = (volunteer: FakeVolunteer): InvokeMessage => {
  const last = invokes(volunteer).at(-1);
  assert.ok(last, "no call was sent");
  return last;
};
const answer = (volunteer: FakeVolunteer, { job_id, lease } = lastInvoke(volunteer), wallMs = 1) =>
  volunteer.say({
    type: "response",
    job_id,
    lease,
    response_json: '{"body":"hi"}',
    stats: { wall_ms: wallMs },
  });
const kinds = (ends: readonly InvocationOutcome[]) => ends.map(({ kind }) => kind);

test("a call goes to a free slot with the function's code before it, and the code goes once", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join();
  const hello = revision();
  call(hello);
  answer(volunteer);
  call(hello);
  answer(volunteer);
  await settled();
  assert.deepEqual(
    volunteer.sent.map(({ type }) => type),
    ["ack", "function", "invoke", "invoke"],
  );
  assert.deepEqual(kinds(ends), ["answered", "answered"]);
  const [first] = ends;
  assert.ok(first?.kind === "answered");
  assert.deepEqual([first.responseJson, first.trace.volunteerId], ['{"body":"hi"}', volunteer.id]);
});

test("nobody connected, or nobody who may run it: no_volunteer at once", async () => {
  const { desk, call, ends } = deskForTest();
  call(revision());
  desk.volunteer().join({ isolation: "browser" });
  desk.volunteer().joinPlainly();
  call(revision({ placement: "trusted" }));
  call(revision({ placement: "internal" }));
  await settled();
  assert.deepEqual(kinds(ends), ["no_volunteer", "no_volunteer", "no_volunteer"]);
});

test("a browser tab runs what may run anywhere", () => {
  const { desk, call } = deskForTest();
  const tab = desk.volunteer().join({ isolation: "browser" });
  call(revision({ placement: "any" }));
  assert.equal(invokes(tab).length, 1);
});

test("a call finds the one free slot that may run it among a hundred that may not", () => {
  const { desk, call } = deskForTest();
  for (let n = 0; n < 50; n++) {
    desk.volunteer().join({ isolation: "browser" });
    desk.volunteer().join({ namespaces: ["somebody-else"] });
  }
  const volunteer = desk.volunteer().join();
  call(revision());
  assert.equal(invokes(volunteer).length, 1);
});

test("concurrent calls spread over the free slots, then wait in order", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join({ slots: 2 });
  const hello = revision();
  for (let n = 0; n < 4; n++) call(hello);
  assert.deepEqual(
    invokes(volunteer)
      .map(({ slot }) => slot)
      .sort(),
    [0, 1],
  );
  answer(volunteer, invokes(volunteer)[0], 100);
  answer(volunteer, invokes(volunteer)[1], 100);
  assert.equal(invokes(volunteer).length, 4);
  answer(volunteer, invokes(volunteer)[2]);
  answer(volunteer, invokes(volunteer)[3]);
  await settled();
  assert.deepEqual(kinds(ends), ["answered", "answered", "answered", "answered"]);
});

test("short calls are sent ahead to a warm slot, long ones are not", async () => {
  const { desk, call } = deskForTest();
  const volunteer = desk.volunteer().join();
  const quick = revision();
  call(quick);
  answer(volunteer, lastInvoke(volunteer), 0.1);
  for (let n = 0; n < 10; n++) call(quick);
  assert.equal(invokes(volunteer).length, 11);
  for (const invoke of invokes(volunteer).slice(1)) answer(volunteer, invoke, 0.1);
  const slow = revision({ path: "slow" });
  call(slow);
  answer(volunteer, lastInvoke(volunteer), 400);
  for (let n = 0; n < 10; n++) call(slow);
  assert.equal(invokes(volunteer).filter(({ function_id }) => function_id === slow.id).length, 2);
  await settled();
});

test("a call that waits too long ends as busy, and so does one too many", async () => {
  const { desk, call, ends } = deskForTest();
  desk.volunteer().join();
  const hello = revision();
  call(hello);
  call(hello);
  desk.clock.advance(functionLimits.waitMs + 500);
  await settled();
  assert.deepEqual(kinds(ends), ["busy"]);
  for (let n = 0; n < functionLimits.waitingMax; n++) call(hello);
  assert.equal(desk.dispatcher.calls.waiting, functionLimits.waitingMax);
  call(hello);
  await settled();
  assert.deepEqual(kinds(ends), ["busy", "busy"]);
});

test("a lost volunteer costs a safe call one more try elsewhere, and ends any other", async () => {
  const { desk, call, ends } = deskForTest();
  const doomed = desk.volunteer().join({ slots: 2 });
  call(revision(), true);
  call(revision(), false);
  const other = desk.volunteer().join({ slots: 2 });
  doomed.leave();
  await settled();
  assert.deepEqual(kinds(ends), ["lost"]);
  assert.equal(invokes(other).length, 1);
  answer(other);
  await settled();
  assert.deepEqual(kinds(ends), ["lost", "answered"]);
});

test("a safe call whose volunteers die twice ends as lost", async () => {
  const { desk, call, ends } = deskForTest();
  for (let n = 0; n < 5; n++) desk.volunteer().join();
  const volunteers = new Set<FakeVolunteer>();
  call(revision(), true);
  for (let n = 0; n < 5; n++) {
    const holder = [...desk.everyVolunteer].find((v) => !volunteers.has(v) && invokes(v).length > 0);
    if (!holder) break;
    volunteers.add(holder);
    holder.leave();
  }
  await settled();
  assert.deepEqual(kinds(ends), ["lost"]);
  assert.equal(volunteers.size, 2);
});

test("a call given back goes elsewhere and costs nothing", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join({ slots: 2 });
  call(revision());
  const { job_id, lease } = lastInvoke(volunteer);
  volunteer.say({ type: "return", job_id, lease });
  assert.equal(invokes(volunteer).length, 2);
  answer(volunteer);
  await settled();
  assert.deepEqual(kinds(ends), ["answered"]);
});

test("an answer on a lease that is over is dropped, and one to a call that never was ends the session", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join();
  call(revision());
  const invoke = lastInvoke(volunteer);
  answer(volunteer, { ...invoke, lease: invoke.lease + 7 });
  await settled();
  assert.deepEqual(ends, []);
  const closed = () => volunteer.closedWith?.code;
  assert.equal(closed(), undefined);
  answer(volunteer, { ...invoke, job_id: "call-4711" });
  assert.equal(closed(), 4403);
});

test("one volunteer cannot answer another's call", async () => {
  const { desk, call, ends } = deskForTest();
  const holder = desk.volunteer().join();
  call(revision());
  const liar = desk.volunteer().join();
  answer(liar, lastInvoke(holder));
  await settled();
  assert.deepEqual(ends, []);
});

test("a retired revision gets no more calls: those that wait are told, and it is quiet when the last is over", async () => {
  const { desk, calls, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join();
  const old = revision();
  call(old);
  call(old);
  let quiet = false;
  const retired = calls.retire(old.id, 5000).then(() => {
    quiet = true;
  });
  await settled();
  assert.deepEqual([kinds(ends), quiet], [["retired"], false]);
  assert.deepEqual(volunteer.sent.at(-1), { type: "forget", function_id: old.id });
  answer(volunteer, invokes(volunteer)[0]);
  await retired;
  assert.deepEqual(kinds(ends), ["retired", "answered"]);
});

test("to retire waits for a call that does not end only so long", async () => {
  const { desk, calls, call } = deskForTest();
  desk.volunteer().join();
  const old = revision();
  call(old);
  const retired = calls.retire(old.id, 5000);
  desk.clock.advance(5000);
  await retired;
});

test("a caller who is gone is not kept waiting for, and a slot that works for one is not lost", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join();
  const gone = new AbortController();
  const hello = revision();
  call(hello, false, gone.signal);
  call(hello, false, gone.signal);
  gone.abort();
  await settled();
  assert.deepEqual(kinds(ends), ["given_up", "given_up"]);
  answer(volunteer);
  call(hello);
  assert.equal(invokes(volunteer).length, 2, "the one that waited is never sent");
});

test("calls and jobs share a slot by turns", async () => {
  const { desk, call } = deskForTest();
  const volunteer = desk.volunteer().join();
  const hello = revision();
  call(hello);
  await desk.submit({});
  for (let n = 0; n < 10; n++) {
    call(hello);
    desk.clock.advance(50);
    answer(volunteer, lastInvoke(volunteer), 50);
    await settled();
    if (volunteer.jobs.length > 0) break;
  }
  assert.equal(volunteer.jobs.length, 1, "the job had its turn though calls never stopped");
  const sentBefore = invokes(volunteer).length;
  volunteer.complete();
  await settled();
  assert.ok(invokes(volunteer).length > sentBefore, "and then the calls go on");
});

test("a volunteer that never answers loses the call after its timeout", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join();
  call(revision({ timeoutMs: 1000 }));
  for (let n = 0; n < 7; n++) {
    desk.clock.advance(1000);
    volunteer.say({ type: "heartbeat" });
  }
  await settled();
  assert.deepEqual(kinds(ends), ["lost"]);
  assert.equal(volunteer.sent.at(-1)?.type, "cancel");
});

/** Callers who call again as soon as they are answered, more of them than a slot is sent ahead. */
function keepBusy({ desk, call }: ReturnType<typeof deskForTest>, volunteer: FakeVolunteer, hot: Revision) {
  call(hot);
  answer(volunteer, lastInvoke(volunteer), 0.5);
  for (let callers = 0; callers < 100; callers++) call(hot);
  let answered = 1;
  /** Answers what the volunteer was sent, a call each half millisecond, until something is so. */
  return (isSo: () => boolean, withinMs: number) => {
    for (let steps = 0; steps < 2 * withinMs && !isSo(); steps++) {
      const invoke = invokes(volunteer)[answered];
      if (!invoke) return;
      answered++;
      desk.clock.advance(0.5);
      answer(volunteer, invoke, 0.5);
      if (invoke.function_id === hot.id) call(hot);
    }
  };
}

test("a function that is called without pause leaves its slot to another by turns", () => {
  const it = deskForTest();
  const volunteer = it.desk.volunteer().join();
  const [hot, other] = [revision(), revision({ namespace: "bob" })];
  const run = keepBusy(it, volunteer, hot);
  it.call(other);
  const wasCalled = () => invokes(volunteer).some(({ function_id }) => function_id === other.id);
  run(wasCalled, 1000);
  assert.ok(wasCalled());
  const before = invokes(volunteer).length;
  run(() => invokes(volunteer).length > before + 100, 1000);
  assert.equal(lastInvoke(volunteer).function_id, hot.id, "and has it again after that");
});

test("a function that is called without pause leaves its slot to jobs by turns", async () => {
  const it = deskForTest();
  const volunteer = it.desk.volunteer().join();
  const run = keepBusy(it, volunteer, revision());
  await it.desk.submit();
  run(() => volunteer.jobs.length > 0, 2000);
  assert.equal(volunteer.jobs.length, 1);
});

test("a slot takes the calls of functions that are warm in it before those it would have to load, within reason", () => {
  const { desk, call } = deskForTest();
  const volunteer = desk.volunteer().join();
  const [warm, cold] = [revision(), revision({ namespace: "bob" })];
  call(warm);
  call(cold);
  for (let n = 0; n < 4; n++) call(warm);
  const called = () => {
    desk.clock.advance(100);
    answer(volunteer, lastInvoke(volunteer), 100);
    return lastInvoke(volunteer).function_id === warm.id ? "warm" : "cold";
  };
  assert.deepEqual([called(), called(), called(), called()], ["warm", "warm", "cold", "warm"]);
});

test("a function counts as warm in a slot until as many others were called there as it keeps", () => {
  const { desk, call } = deskForTest();
  const volunteer = desk.volunteer().join();
  const functions = Array.from({ length: instancesKept + 1 }, () => revision());
  for (const each of functions) {
    call(each);
    answer(volunteer);
  }
  const [first, second] = functions;
  assert.ok(first && second);
  call(functions.at(-1) ?? first);
  call(first);
  call(second);
  answer(volunteer);
  assert.equal(lastInvoke(volunteer).function_id, second.id, "the first one would have to be loaded again");
});

test("large calls go to a slot one by one, since a volunteer that has much to read is cut off", async () => {
  const { desk, call, ends } = deskForTest();
  const volunteer = desk.volunteer().join();
  const hello = revision();
  // A quick function, to which calls are sent ahead.
  for (let time = 0; time < 20; time++) {
    call(hello);
    answer(volunteer, lastInvoke(volunteer), 0.1);
  }
  await settled();
  const before = invokes(volunteer).length;
  const large = JSON.stringify("x".repeat(700_000));
  for (let time = 0; time < 4; time++) call(hello, false, undefined, large);
  await settled();
  assert.equal(invokes(volunteer).length - before, 1);
  for (let sent = 2; sent <= 4; sent++) {
    answer(volunteer);
    await settled();
    assert.equal(invokes(volunteer).length - before, sent);
  }
  answer(volunteer);
  await settled();
  assert.deepEqual(new Set(kinds(ends)), new Set(["answered"]));
  assert.equal(ends.length, 24);
});
