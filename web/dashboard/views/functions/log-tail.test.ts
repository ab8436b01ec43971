import assert from "node:assert/strict";
import { test } from "node:test";
import { LogTail } from "./log-tail.ts";

const shown = (tail: LogTail<string>) => tail.lines.value.map(({ line }) => line);

test("the newest lines are kept, and those let go are counted", () => {
  const tail = new LogTail<string>(3);
  tail.push(["a", "b"]);
  tail.push(["c", "d"]);
  assert.deepEqual(shown(tail), ["b", "c", "d"]);
  assert.equal(tail.dropped.value, 1);
});

test("while it is paused nothing moves, and what came is shown afterwards", () => {
  const tail = new LogTail<string>(3);
  tail.push(["a"]);
  tail.pause();
  tail.push(["b", "c"]);
  assert.deepEqual(shown(tail), ["a"]);
  assert.equal(tail.held.value.length, 2);
  tail.resume();
  assert.deepEqual(shown(tail), ["a", "b", "c"]);
  assert.equal(tail.held.value.length, 0);
});

test("a long pause holds no more than the log itself", () => {
  const tail = new LogTail<string>(3);
  tail.pause();
  for (let at = 0; at < 10; at++) tail.push([`${at}`]);
  tail.resume();
  assert.deepEqual(shown(tail), ["7", "8", "9"]);
  assert.equal(tail.dropped.value, 7);
});

test("a line keeps its number while others come and go", () => {
  const tail = new LogTail<string>(2);
  tail.push(["a", "b", "c"]);
  assert.deepEqual(
    tail.lines.value.map(({ number }) => number),
    [2, 3],
  );
});
