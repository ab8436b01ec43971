import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { type SendFile, type Upload, UploadQueue } from "./upload-queue.ts";

/** A network whose transfers end when the test says so. */
class Wire {
  readonly open = new Map<string, { end(): void; fail(sentence: string): void; progress(n: number): void }>();
  readonly begun: string[] = [];
  readonly send: SendFile = ({ path }, progress, stop) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.begun.push(path);
    this.open.set(path, { end: resolve, fail: (sentence) => reject(new Error(sentence)), progress });
    stop.addEventListener("abort", () => reject(stop.reason));
    return promise.finally(() => this.open.delete(path));
  };
}

function queueOf(...paths: string[]) {
  const wire = new Wire();
  const stored: string[] = [];
  const queue = new UploadQueue(wire.send, (upload) => stored.push(upload.path), 2);
  queue.add(paths.map((path) => ({ namespace: "alice", path, content: new Blob(["0123456789"]) })));
  const find = (path: string): Upload => {
    const upload = queue.uploads.value.find((one) => one.path === path);
    assert.ok(upload, path);
    return upload;
  };
  return { wire, queue, stored, find };
}

test("so many are sent at once, in the order given, and the next begins when one ends", async () => {
  const { wire, stored } = queueOf("a", "b", "c", "d");
  assert.deepEqual(wire.begun, ["a", "b"]);
  wire.open.get("b")?.end();
  await turn();
  assert.deepEqual(wire.begun, ["a", "b", "c"]);
  assert.deepEqual(stored, ["b"]);
});

test("the totals count what was sent so far", async () => {
  const { wire, queue } = queueOf("a", "b", "c");
  wire.open.get("a")?.progress(4);
  wire.open.get("b")?.end();
  await turn();
  assert.deepEqual(queue.totals.value, { files: 3, done: 1, failed: 0, open: 2, bytes: 30, sentBytes: 14 });
});

test("one that fails says why, holds up nobody, and can be tried again", async () => {
  const { wire, queue, find } = queueOf("a", "b", "c");
  wire.open.get("a")?.fail("The path is a folder.");
  await turn();
  assert.deepEqual(find("a").state.value, { kind: "failed", reason: "The path is a folder." });
  assert.deepEqual(wire.begun, ["a", "b", "c"]);
  queue.retry(find("a"));
  wire.open.get("b")?.end();
  await turn();
  wire.open.get("a")?.end();
  await turn();
  assert.equal(find("a").state.value.kind, "done");
});

test("one that is cancelled is broken off, or never begun", async () => {
  const { wire, queue, find, stored } = queueOf("a", "b", "c", "d");
  queue.cancel(find("c"));
  queue.cancel(find("a"));
  await turn();
  assert.equal(find("a").state.value.kind, "cancelled");
  assert.equal(find("c").state.value.kind, "cancelled");
  assert.deepEqual(wire.begun, ["a", "b", "d"]);
  assert.deepEqual(stored, []);
});

test("cancelling all leaves nothing on its way", async () => {
  const { wire, queue } = queueOf("a", "b", "c");
  queue.cancelAll();
  await turn();
  assert.equal(queue.totals.value.open, 0);
  assert.equal(wire.open.size, 0);
  assert.deepEqual(wire.begun, ["a", "b"]);
});

test("clearing keeps what is still on its way", async () => {
  const { wire, queue } = queueOf("a", "b", "c");
  wire.open.get("a")?.end();
  await turn();
  queue.clear();
  assert.deepEqual(
    queue.uploads.value.map((upload) => upload.path),
    ["b", "c"],
  );
});
