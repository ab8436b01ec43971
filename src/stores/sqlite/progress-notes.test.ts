import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobProgress } from "../../jobs/job.ts";
import { ManualClock } from "../../stdx/clock.ts";
import type { JobId } from "../../stdx/ids.ts";
import { ProgressNotes } from "./progress-notes.ts";

const id = (name: string) => name as JobId;
const attempt = (attempts: number): JobProgress => {
  return { status: "running", attempts, volunteerId: "v", startedAt: 1 };
};
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp() {
  const clock = new ManualClock();
  const written: string[][] = [];
  const state = { broken: false };
  const notes = new ProgressNotes(clock, async (batch) => {
    if (state.broken) throw new Error("The disk is full.");
    written.push([...batch].map(([name, { attempts }]) => `${name} ${attempts}`));
  });
  return { clock, written, state, notes };
}

test("only the latest progress of a job is written, and only if the job lasts", async () => {
  const { clock, written, notes } = setUp();
  notes.put(id("short"), attempt(1));
  notes.put(id("long"), attempt(1));
  clock.advance(100);
  notes.put(id("long"), attempt(2));
  notes.put(id("late"), attempt(1));
  notes.forget(id("short"));
  clock.advance(150);
  await turn();
  assert.deepEqual(written, [["long 2"]]);
  assert.equal(notes.get(id("long")), undefined);
  clock.advance(250);
  await turn();
  assert.deepEqual(written, [["long 2"], ["late 1"]]);
});

test("progress that arrives while the last is being written is written after it", async () => {
  const { clock, written, notes } = setUp();
  notes.put(id("job"), attempt(1));
  clock.advance(250);
  notes.put(id("job"), attempt(2));
  await turn();
  assert.equal(notes.get(id("job"))?.attempts, 2);
  clock.advance(250);
  await turn();
  assert.deepEqual(written, [["job 1"], ["job 2"]]);
});

test("what the storage refused is written once it is back", async () => {
  const { clock, written, state, notes } = setUp();
  state.broken = true;
  notes.put(id("job"), attempt(1));
  await notes.flush();
  assert.equal(notes.get(id("job"))?.attempts, 1);
  state.broken = false;
  clock.advance(500);
  await turn();
  assert.deepEqual(written, [["job 1"]]);
});

test("beyond its bound the oldest progress is dropped", async () => {
  const { written, notes } = setUp();
  for (let index = 0; index <= 16_384; index++) notes.put(id(`job-${index}`), attempt(1));
  await notes.flush();
  assert.equal(written[0]?.length, 16_384);
  assert.equal(written[0]?.[0], "job-1 1");
});

test("nothing is written once it is disposed", async () => {
  const { clock, written, notes } = setUp();
  notes.put(id("job"), attempt(1));
  notes[Symbol.dispose]();
  notes.put(id("job"), attempt(2));
  clock.advance(1000);
  await turn();
  assert.deepEqual(written, []);
});
