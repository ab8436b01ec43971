import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleEnd, sampleJob } from "../../tests/contracts/job-samples.ts";
import { type JobEvent, type JobEventStream, JobEvents } from "./events.ts";
import type { JobRecord } from "./job.ts";

const pending = { status: "pending", attempts: 0, volunteerId: undefined, startedAt: undefined } as const;

function recordOf(namespace = "default"): JobRecord {
  return { spec: sampleJob({ namespace })[0], state: pending };
}

/** Reads a stream to its end, in short: the status or the text of each event. */
async function read(stream: JobEventStream): Promise<string[]> {
  const short = (event: JobEvent) => {
    if (event.kind === "status") return event.record.state.status;
    return event.kind === "log" ? event.part.text : `lagged ${event.missed}`;
  };
  return Array.fromAsync(stream, short);
}

describe("a job's own stream", () => {
  test("tells its story and ends with it", async () => {
    const events = new JobEvents();
    const record = recordOf();
    const { id, namespace } = record.spec;
    const stream = events.one(id, [{ kind: "status", record }], true);
    events.log(id, namespace, { attempt: 1, stream: "stdout", at: 0, text: "hello" });
    events.status({ spec: record.spec, state: sampleEnd() }, true);
    events.log(id, namespace, { attempt: 1, stream: "stdout", at: 0, text: "too late" });
    assert.deepEqual(await read(stream), ["pending", "hello", "completed"]);
    assert.equal(events.heard(id), false);
  });

  test("hears of no other job", async () => {
    const events = new JobEvents();
    const record = recordOf();
    const stream = events.one(record.spec.id, [], true);
    events.status(recordOf(), true);
    events.status({ spec: record.spec, state: sampleEnd() }, true);
    assert.deepEqual(await read(stream), ["completed"]);
  });

  test("of a job that has ended is its history alone", async () => {
    const events = new JobEvents();
    const record = recordOf();
    const stream = events.one(record.spec.id, [{ kind: "status", record }], false);
    assert.equal(events.heard(record.spec.id), false);
    assert.deepEqual(await read(stream), ["pending"]);
  });
});

describe("the stream of all jobs", () => {
  test("hears of every job, or of one namespace", async () => {
    const events = new JobEvents();
    const [all, alices] = [events.all(), events.all({ namespace: "alice" })];
    for (const namespace of ["alice", "bob"]) {
      const record = recordOf(namespace);
      events.status(record, true);
      events.log(record.spec.id, namespace, { attempt: 1, stream: "stderr", at: 0, text: namespace });
    }
    events[Symbol.dispose]();
    assert.deepEqual([await read(all), await read(alices)], [[], []], "what was not read by then is gone");
    const again = new JobEvents();
    const [every, some] = [again.all(), again.all({ namespace: "alice" })];
    const reads = [read(every), read(some)];
    for (const namespace of ["alice", "bob"])
      again.log(recordOf().spec.id, namespace, { attempt: 1, stream: "stderr", at: 0, text: namespace });
    await new Promise(setImmediate);
    again[Symbol.dispose]();
    assert.deepEqual(await Promise.all(reads), [["alice", "bob"], ["alice"]]);
  });

  test("does not end with a job", async () => {
    const events = new JobEvents();
    const stream = events.all();
    const iterator = stream[Symbol.asyncIterator]();
    events.status({ spec: recordOf().spec, state: sampleEnd() }, true);
    events.status(recordOf(), false);
    assert.equal((await iterator.next()).done, false);
    assert.equal((await iterator.next()).done, false);
    stream.close();
    assert.equal((await iterator.next()).done, true);
  });
});

describe("a reader", () => {
  test("that waits is woken by an event, and by the end", async () => {
    const events = new JobEvents();
    const iterator = events.all()[Symbol.asyncIterator]();
    const first = iterator.next();
    events.status(recordOf(), false);
    assert.equal((await first).done, false);
    const second = iterator.next();
    events[Symbol.dispose]();
    assert.equal((await second).done, true);
  });

  test("that breaks off is forgotten", async () => {
    const events = new JobEvents();
    const record = recordOf();
    for await (const _ of events.one(record.spec.id, [{ kind: "status", record }], true)) break;
    assert.equal(events.heard(record.spec.id), false);
  });

  test("that is too slow for the number of events is told what it missed and dropped", async () => {
    const events = new JobEvents({ bufferEventsMax: 3, bufferCharsMax: 1000 });
    const slow = events.all();
    for (let nth = 0; nth < 10; nth++) events.status(recordOf(), false);
    assert.equal(events.heard(recordOf().spec.id), false);
    assert.deepEqual(await read(slow), ["lagged 4"]);
  });

  test("that is too slow for the amount of output is dropped too", async () => {
    const events = new JobEvents({ bufferEventsMax: 100, bufferCharsMax: 10 });
    const { spec } = recordOf();
    const slow = events.all();
    const print = (text: string) =>
      events.log(spec.id, "default", { attempt: 1, stream: "stdout", at: 0, text: text });
    print("12345");
    print("67890");
    print("1");
    assert.deepEqual(await read(slow), ["lagged 3"]);
  });

  test("that keeps up hears any amount", async () => {
    const events = new JobEvents({ bufferEventsMax: 2, bufferCharsMax: 10 });
    const { spec } = recordOf();
    const iterator = events.all()[Symbol.asyncIterator]();
    for (let nth = 0; nth < 50; nth++) {
      events.log(spec.id, "default", { attempt: 1, stream: "stdout", at: 0, text: "0123456789" });
      const { value } = await iterator.next();
      assert.equal(value?.kind, "log");
    }
  });

  test("that comes after the end of everything has nothing to read", async () => {
    const events = new JobEvents();
    events[Symbol.dispose]();
    assert.deepEqual(
      [await read(events.all()), await read(events.one(recordOf().spec.id, [], true))],
      [[], []],
    );
  });
});
