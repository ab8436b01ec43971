import assert from "node:assert/strict";
import { test } from "node:test";
import { logLimits } from "../protocol/functions.ts";
import { ManualClock } from "../stdx/clock.ts";
import { noLog } from "../stdx/log.ts";
import { type CallNote, type LogLine, textOf } from "./log-line.ts";
import type { LogBatch, LogStore } from "./log-store.ts";
import { FunctionLogs, type LogEvent } from "./logs.ts";

/** Keeps everything, and can be told to wait or to fail. */
class MemoryLogStore implements LogStore {
  readonly writes: (readonly LogBatch[])[] = [];
  gate: Promise<void> = Promise.resolve();
  fails = false;

  async append(batches: readonly LogBatch[]): Promise<void> {
    await this.gate;
    if (this.fails) throw new Error("no disk");
    this.writes.push(batches);
  }

  async *newestFirst(namespace: string, path: string): AsyncIterable<readonly LogLine[]> {
    for (const write of this.writes.toReversed()) {
      for (const batch of write.toReversed()) {
        if (batch.namespace === namespace && batch.path === path) yield batch.lines;
      }
    }
  }

  async deleteBefore(): Promise<boolean> {
    return false;
  }
}

const call = {
  method: "GET",
  path: "/alice/hello",
  status: 200,
  duration_ms: 1.5,
  cold: false,
  volunteer_id: "v",
};
const callText = "GET /alice/hello 200 1.5 ms";

function note(changes: Partial<CallNote> = {}): CallNote {
  return {
    namespace: "alice",
    path: "hello",
    revision: 1,
    call,
    stdout: "",
    stderr: "",
    error: undefined,
    ...changes,
  };
}

function make() {
  const store = new MemoryLogStore();
  const clock = new ManualClock();
  return { store, clock, logs: new FunctionLogs({ store, clock, log: noLog }) };
}

const read = async (logs: FunctionLogs, filter: Partial<Parameters<FunctionLogs["read"]>[2]> = {}) =>
  (await logs.read("alice", "hello", { limit: 100, ...filter })).map(textOf);

test("a call leaves what it printed, what ended it, and one line about itself", async () => {
  const { logs } = make();
  logs.note(note({ stdout: "one\ntwo\r\n\nfour", stderr: "bad\n", error: "boom" }));
  const lines = await logs.read("alice", "hello", { limit: 100 });
  assert.deepEqual(
    lines.map((line) => [line.level, line.level === "call" ? null : line.stream, textOf(line)]),
    [
      ["info", "stdout", "one"],
      ["info", "stdout", "two"],
      ["info", "stdout", ""],
      ["info", "stdout", "four"],
      ["error", "stderr", "bad"],
      ["error", null, "boom"],
      ["call", null, callText],
    ],
  );
});

test("nothing is written while calls come in, and all of it together a second later", async () => {
  const { logs, store, clock } = make();
  for (let count = 0; count < 100; count++) logs.note(note());
  logs.note(note({ path: "other" }));
  clock.advance(999);
  assert.equal(store.writes.length, 0);
  clock.advance(1);
  await logs.flush();
  assert.deepEqual(
    store.writes.map((write) => write.map(({ path, lines }) => [path, lines.length])),
    [
      [
        ["hello", 100],
        ["other", 1],
      ],
    ],
  );
});

test("numbers rise, also across restarts at one moment and when more lines come than time has parts", async () => {
  const { logs, store, clock } = make();
  for (let count = 0; count < 5000; count++) logs.note(note());
  await logs.flush();
  clock.advance(10);
  const later = new FunctionLogs({ store, clock, log: noLog });
  later.note(note());
  const seqs = (await later.read("alice", "hello", { limit: 10_000 })).map(({ seq }) => seq);
  assert.equal(seqs.length, 5001);
  assert.deepEqual(
    seqs,
    [...new Set(seqs)].sort((a, b) => a - b),
  );
  assert.ok(seqs.every(Number.isSafeInteger));
});

test("lines are read by level, text, time and number, the newest ones, oldest first", async () => {
  const { logs, clock } = make();
  logs.note(note({ stdout: "Apple\n" }));
  clock.advance(1000);
  await logs.flush();
  const since = clock.now();
  logs.note(note({ stdout: "apple pie\n", error: "boom" }));
  assert.deepEqual(await read(logs, { q: "APPLE" }), ["Apple", "apple pie"]);
  assert.deepEqual(await read(logs, { level: "error" }), ["boom"]);
  assert.deepEqual(await read(logs, { since }), ["apple pie", "boom", callText]);
  assert.deepEqual(await read(logs, { limit: 2 }), ["boom", callText]);
  assert.deepEqual(await read(logs, { q: "200 1.5" }), [callText, callText]);
  const [first] = await logs.read("alice", "hello", { limit: 10 });
  assert.equal((await read(logs, { after: first?.seq })).length, 4);
});

test("lines older than their retention are not shown, even before they are deleted", async () => {
  const { logs, clock } = make();
  logs.note(note({ stdout: "old" }));
  await logs.flush();
  clock.advance(logLimits.retentionMs + 1);
  logs.note(note({ stdout: "young" }));
  assert.deepEqual(await read(logs), ["young", callText]);
});

test("one call can leave only so many lines, and none that is longer than a line may be", async () => {
  const { logs } = make();
  const long = "é".repeat(logLimits.lineBytesMax);
  logs.note(note({ stdout: `${long}\n${"x\n".repeat(5000)}` }));
  const lines = await read(logs, { limit: 10_000 });
  assert.equal(lines.length, logLimits.linesPerCallMax + 2);
  assert.equal(lines[0], `${"é".repeat(logLimits.lineBytesMax / 2)}…`);
  assert.match(lines.at(-2) ?? "", /more than 1000 lines/);
});

test("what waits to be written stays bounded when the disk does not take it", async () => {
  const { logs, store } = make();
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const megabyte = "x".repeat(1000).concat("\n").repeat(1000);
  for (let count = 0; count < 200; count++) logs.note(note({ stdout: megabyte }));
  gate.resolve();
  await logs.flush();
  const lines = store.writes.flat().reduce((sum, batch) => sum + batch.lines.length, 0);
  assert.ok(lines > 10_000 && lines < 25_000, `${lines} of 200,000 lines`);
  const largest = Math.max(...store.writes.map((write) => write.flatMap((batch) => batch.lines).length));
  assert.ok(largest < 1000, `${largest} lines in one write`);
  // There is room again.
  logs.note(note());
  assert.equal((await read(logs, { limit: 1 }))[0], callText);
});

test("a disk that refuses loses the lines and nothing else", async () => {
  const { logs, store } = make();
  store.fails = true;
  logs.note(note({ stdout: "lost" }));
  await logs.flush();
  store.fails = false;
  logs.note(note({ stdout: "kept" }));
  assert.deepEqual(await read(logs), ["kept", callText]);
});

async function take(events: AsyncIterator<LogEvent>, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    texts.push(value.kind === "line" ? textOf(value.line) : `lagged ${value.missed}`);
  }
  return texts;
}

test("a follower gets the past, then every line once as it comes", async () => {
  const { logs, store } = make();
  logs.note(note({ stdout: "past" }));
  const gate = Promise.withResolvers<void>();
  store.gate = gate.promise;
  const following = logs.follow("alice", "hello", { limit: 100 });
  // While the past is being read.
  logs.note(note({ stdout: "between" }));
  gate.resolve();
  using feed = await following;
  logs.note(note({ stdout: "live" }));
  logs.note(note({ path: "other", stdout: "elsewhere" }));
  await logs.flush();
  logs.note(note({ stdout: "last" }));
  const texts = await take(feed[Symbol.asyncIterator](), 8);
  assert.deepEqual(texts, ["past", callText, "between", callText, "live", callText, "last", callText]);
});

test("a follower may ask for some lines alone", async () => {
  const { logs } = make();
  logs.note(note({ stdout: "apple", error: "boom" }));
  using feed = await logs.follow("alice", "hello", { limit: 100, level: "error", q: "boom" });
  logs.note(note({ stdout: "boom", error: "bang" }));
  logs.note(note({ error: "boom again" }));
  assert.deepEqual(await take(feed[Symbol.asyncIterator](), 2), ["boom", "boom again"]);
});

test("a follower that does not read is let go with the count of what it missed", async () => {
  const { logs } = make();
  using feed = await logs.follow("alice", "hello", { limit: 100 });
  for (let count = 0; count < 20_000; count++) logs.note(note());
  const [only, ...more] = await take(feed[Symbol.asyncIterator](), 3);
  assert.match(only ?? "", /^lagged \d+$/);
  assert.deepEqual(more, []);
});

test("at the end followers are let go, what waits is written, and nothing more is taken", async () => {
  const { logs, store } = make();
  const feed = await logs.follow("alice", "hello", { limit: 100 });
  logs.note(note({ stdout: "written" }));
  await logs[Symbol.asyncDispose]();
  logs.note(note({ stdout: "too late" }));
  await logs.flush();
  assert.deepEqual(await take(feed[Symbol.asyncIterator](), 1), []);
  assert.deepEqual(
    store.writes.flat().flatMap((batch) => batch.lines.map(textOf)),
    ["written", callText],
  );
});
