/** Who gets code that may ask the database. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleDraft } from "../../tests/contracts/revision-samples.ts";
import { everyLanguage, type FakeVolunteer, JobDesk } from "../../tests/support/job-desk.ts";
import { MemoryJobStore } from "../../tests/support/memory-job-store.ts";
import { settled } from "../../tests/support/settled.ts";
import { assemble } from "../../tests/support/wat.ts";
import type { RevisionId } from "../functions/revision.ts";

const without = { capabilities: { ...everyLanguage, db: false } };
const asking = { code: "db.increment('visits')" };

describe("a job that mentions the database", () => {
  test("waits for a volunteer that can answer, and lets others go before it", async () => {
    const desk = new JobDesk();
    const deaf = desk.volunteer().join(without);
    const id = await desk.submit(asking);
    const plain = await desk.submit();
    assert.deepEqual(deaf.jobIds, [plain]);
    const able = desk.volunteer().join();
    assert.deepEqual(able.jobIds, [id]);
  });

  test("is not sent ahead either", async () => {
    const desk = new JobDesk();
    const deaf = desk.volunteer().join(without);
    await desk.submit();
    deaf.complete(deaf.job(), { wallMs: 1 });
    const [first] = await desk.submitMany(1);
    await desk.submitMany(5, asking);
    const plain = await desk.submitMany(5);
    deaf.complete(deaf.job(), { wallMs: 1 });
    assert.deepEqual(deaf.jobIds.slice(1), [first, ...plain]);
  });

  test("is still known as such after a restart", async () => {
    const store = new MemoryJobStore();
    const before = new JobDesk({ store });
    await before.submit(asking);
    const after = new JobDesk({ store });
    await after.jobs.recover();
    const deaf = after.volunteer().join(without);
    const able = after.volunteer().join();
    await settled();
    assert.deepEqual([deaf.jobs.length, able.jobs.length], [0, 1]);
  });

  test("goes to volunteers that say nothing of it, those of the reference protocol among them", async () => {
    const desk = new JobDesk();
    const plainest = desk.volunteer().joinPlainly();
    const id = await desk.submit(asking);
    assert.deepEqual(plainest.jobIds, [id]);
  });

  test("finds the able volunteer free, since other work goes to those without a database first", async () => {
    const desk = new JobDesk();
    const able = desk.volunteer().join();
    const deaf = desk.volunteer().join(without);
    const plain = await desk.submit();
    const id = await desk.submit(asking);
    assert.deepEqual([deaf.jobIds, able.jobIds], [[plain], [id]]);
  });
});

test("a wasm job is known by what its module imports", async () => {
  const cid = (letter: string) => `bafkrei${letter.repeat(52)}`;
  const moduleBytes = new Map([
    [cid("a"), await assemble('(module (import "env" "db_get" (func (param i32 i32) (result i32))))')],
    [cid("b"), await assemble("(module)")],
  ]);
  const desk = new JobDesk({ modules: [...moduleBytes.keys()], moduleBytes });
  const deaf = desk.volunteer().join(without);
  const { jobs } = await desk.jobs.submit(
    [...moduleBytes.keys()].map((wasm_cid) => ({ job_type: "wasm", wasm_cid })),
  );
  assert.deepEqual(deaf.jobIds, [jobs[1]?.spec.id]);
});

test("a function that mentions the database is called only where it can be answered", async () => {
  const desk = new JobDesk();
  const deaf = desk.volunteer().join({ ...without, slots: 4 });
  const call = (id: string, code: string) =>
    desk.dispatcher.calls.invoke({
      revision: { ...sampleDraft({ id: id as RevisionId, code }), number: 1 },
      requestJson: "{}",
      repeatable: false,
      signal: undefined,
    });
  const outcome = call("asking", "function handle() { return db.get('a') }");
  void call("plain", "function handle() { return {} }");
  assert.equal((await outcome).kind, "no_volunteer");
  await settled();
  assert.deepEqual(functionsOf(deaf), ["plain"]);
  const able = desk.volunteer().join();
  void call("asking", "function handle() { return db.get('a') }");
  assert.deepEqual(functionsOf(able), ["asking"]);
});

test("a volunteer reaches no database by work that has no business there", async () => {
  const desk = new JobDesk();
  const curious = desk.volunteer().join({ slots: 2 });
  await desk.submit();
  await desk.submit(asking);
  for (const [call_id, { job_id, lease }] of curious.jobs.entries()) {
    curious.say({ type: "host", call_id, job_id, lease, op: "db.get", args_json: '{"key":"k"}' });
  }
  await settled();
  const answers = curious.sent.filter((message) => message.type === "host_result");
  const codes = answers.map(({ answer_json }): unknown => JSON.parse(answer_json)?.code);
  assert.deepEqual(codes, ["forbidden", undefined]);
});

const functionsOf = (volunteer: FakeVolunteer) =>
  volunteer.sent.filter((message) => message.type === "function").map((message) => message.function_id);
