import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "../../../src/stdx/clock.ts";
import type { Work, WorkEnd } from "../../../src/worker/observer.ts";
import { sumOf } from "../totals.ts";
import { WorkBoard } from "./work-board.ts";

function boardForTest(slots = 2) {
  const clock = new ManualClock();
  const board = new WorkBoard(slots, clock, () => {});
  let nextId = 1;
  const begin = (slot = 0): Work => {
    const work: Work = {
      slot,
      kind: "job",
      id: `job-${nextId++}`,
      language: "js",
      namespace: "alice",
      since: clock.now(),
    };
    board.began(work);
    return work;
  };
  const end = (work: Work, end: Partial<WorkEnd> = {}) =>
    board.ended(work, { outcome: "completed", wallMs: 5, cpuMs: undefined, ...end });
  return { clock, board, begin, end };
}

test("each slot shows what is at its turn", () => {
  const { board, begin } = boardForTest();
  const work = begin(1);
  const [idle, busy] = board.view();
  assert.equal(idle?.work, undefined);
  assert.deepEqual([busy?.work?.id, busy?.work?.namespace, busy?.work?.running], [work.id, "alice", true]);
});

test("what ended is shown for another second", () => {
  const { board, begin, end, clock } = boardForTest();
  end(begin());
  assert.equal(board.view()[0]?.work?.running, false);
  clock.advance(1000);
  assert.equal(board.view()[0]?.work, undefined);
});

test("a slot's rate is what ended in it within the last second", () => {
  const { board, begin, end, clock } = boardForTest();
  for (let piece = 0; piece < 20; piece++) {
    end(begin());
    clock.advance(50);
  }
  assert.equal(board.view()[0]?.perSecond, 18);
  clock.advance(60_000);
  assert.equal(board.view()[0]?.perSecond, 0);
});

test("what was done is taken once, with failures, and without what goes to others", () => {
  const { board, begin, end } = boardForTest();
  end(begin());
  end(begin(), { outcome: "timeout", wallMs: 100 });
  end(begin(), { outcome: "returned" });
  end(begin(), { outcome: "abandoned" });
  const done = board.takeDone();
  assert.deepEqual(sumOf(done.amounts), { pieces: 2, ms: 105 });
  assert.equal(done.failed, 1);
  assert.deepEqual(sumOf(board.takeDone().amounts), { pieces: 0, ms: 0 });
  assert.equal(board.pieces, 2);
});

test("a piece whose time was not measured counts from its turn to its end", () => {
  const { board, begin, end, clock } = boardForTest();
  const work = begin();
  clock.advance(250);
  end(work, { outcome: "cancelled", wallMs: undefined });
  assert.equal(sumOf(board.takeDone().amounts).ms, 250);
});
