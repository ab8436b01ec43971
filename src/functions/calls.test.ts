import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleDraft } from "../../tests/contracts/revision-samples.ts";
import { fakeTrace } from "../../tests/support/fake-functions.ts";
import { RecordingMeter } from "../../tests/support/recording-meter.ts";
import { ManualClock } from "../stdx/clock.ts";
import { AppError } from "../stdx/errors.ts";
import { FunctionCalls } from "./calls.ts";
import { CodeShelf } from "./code-shelf.ts";
import type { Invocation, InvocationOutcome } from "./invoker.ts";
import type { CallNote } from "./log-line.ts";
import type { Revision, RevisionHead, RevisionId } from "./revision.ts";
import { FunctionRouter } from "./router.ts";

const incoming = {
  method: "GET",
  path: "/alice/hello/x",
  search: "",
  headers: {},
  body: undefined,
  arrivedAt: 0,
};
const here = new AbortController().signal;

/** Calls whose code always has to be loaded, and outcomes that the test gives. */
function make(outcome: (invocation: Invocation) => InvocationOutcome) {
  const clock = new ManualClock();
  const router = new FunctionRouter();
  const revisions = new Map<RevisionId, Revision>();
  const notes: CallNote[] = [];
  const invoked: Invocation[] = [];
  const loads: PromiseWithResolvers<void>[] = [];
  /** Whether loading waits for the test. */
  const held = { loads: true };
  const store = {
    async revision(id: RevisionId) {
      const load = Promise.withResolvers<void>();
      loads.push(load);
      if (!held.loads) load.resolve();
      await load.promise;
      return revisions.get(id);
    },
  };
  const invoker = {
    async invoke(invocation: Invocation) {
      invoked.push(invocation);
      return outcome(invocation);
    },
  };
  const logs = { note: (note: CallNote) => void notes.push(note) };
  const meter = new RecordingMeter();
  const code = new CodeShelf(store, { uses: async () => true }, 1);
  const calls = new FunctionCalls({ router, code, invoker, logs, meter, clock });
  const deploy = (number: number, path = "hello"): RevisionHead => {
    const revision = { ...sampleDraft({ path }), number };
    revisions.set(revision.id, revision);
    const { code: _, env: __, ...rest } = revision;
    const head = { ...rest, envNames: [], digest: "" };
    router.set(head);
    return head;
  };
  return { calls, deploy, router, revisions, loads, held, notes, invoked, meter, clock };
}

const answered: InvocationOutcome = { kind: "answered", responseJson: '{"body":"ok"}', trace: fakeTrace };
const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("code that is replaced while it is loaded is not called: the revision in its place is", async () => {
  const { calls, deploy, loads, invoked } = make(() => answered);
  deploy(1);
  const answer = calls.call(incoming, here);
  deploy(2);
  loads[0]?.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  loads[1]?.resolve();
  assert.equal((await answer)?.body, "ok");
  assert.deepEqual(
    invoked.map(({ revision }) => revision.number),
    [2],
  );
});

test("a function that is removed while its code is loaded is not found", async () => {
  const { calls, deploy, router, revisions, loads, invoked } = make(() => answered);
  const { id } = deploy(1);
  const answer = calls.call(incoming, here);
  router.delete("alice", "hello");
  revisions.delete(id);
  loads[0]?.resolve();
  await assert.rejects(answer, refusal("function_not_found"));
  assert.equal(invoked.length, 0);
});

test("a revision that answers and is not in the store is a defect", async () => {
  const { calls, deploy, revisions, loads } = make(() => answered);
  revisions.delete(deploy(1).id);
  const answer = calls.call(incoming, here);
  loads[0]?.resolve();
  await assert.rejects(answer, /is not in the store/);
});

test("a function that is redeployed again and again under a call is busy in the end", async () => {
  const { calls, deploy, held, invoked } = make(() => ({ kind: "retired" }));
  deploy(1);
  held.loads = false;
  await assert.rejects(calls.call(incoming, here), refusal("functions_busy"));
  assert.equal(invoked.length, 20);
});

test("every call leaves a note: what it printed, how it ended, and who ran it", async () => {
  const outcomes: InvocationOutcome[] = [
    { ...answered, trace: { ...fakeTrace, stdout: "out", stderr: "err" } },
    { kind: "failed", code: "guest_error", message: "boom", trace: fakeTrace },
    { kind: "answered", responseJson: "5", trace: fakeTrace },
    { kind: "busy" },
    { kind: "given_up" },
  ];
  const { calls, deploy, held, notes, clock } = make(() => {
    clock.advance(7);
    return outcomes.shift() ?? answered;
  });
  deploy(3);
  held.loads = false;
  while (outcomes.length > 0) {
    const arriving = { ...incoming, arrivedAt: clock.monotonic() };
    await calls.call(arriving, here).catch((error: unknown) => assert.ok(error instanceof AppError));
  }
  assert.deepEqual(
    notes.map(({ call, error, stdout, stderr }) => [
      call.status,
      call.duration_ms,
      call.volunteer_id,
      error,
      stdout,
      stderr,
    ]),
    [
      [200, 1.5, "fake", undefined, "out", "err"],
      [500, 1.5, "fake", "boom", "", ""],
      [
        502,
        1.5,
        "fake",
        "The function's answer is a number. It must be an object with status, headers and body.",
        "",
        "",
      ],
      [503, 7, null, "No slot came free in time; try again, or add workers.", "", ""],
      [499, 7, null, undefined, "", ""],
    ],
  );
  assert.partialDeepStrictEqual(notes[0], {
    namespace: "alice",
    path: "hello",
    revision: 3,
    call: { method: "GET", path: "/alice/hello/x", cold: false },
  });
});

test("every call is measured once, with what the caller was answered", async () => {
  const outcomes: InvocationOutcome[] = [
    { ...answered, trace: { ...fakeTrace, cold: true } },
    { kind: "busy" },
  ];
  const { calls, deploy, held, meter, clock } = make(() => {
    clock.advance(7);
    return outcomes.shift() ?? answered;
  });
  deploy(1);
  held.loads = false;
  await calls.call({ ...incoming, arrivedAt: clock.monotonic() }, here);
  const arriving = { ...incoming, arrivedAt: clock.monotonic() };
  await assert.rejects(calls.call(arriving, here), refusal("functions_busy"));
  const common = { namespace: "alice", path: "hello", language: "js" };
  assert.deepEqual(meter.calls, [
    { ...common, status: 200, durationMs: 1.5, cold: true },
    { ...common, status: 503, durationMs: 7, cold: undefined },
  ]);
});
