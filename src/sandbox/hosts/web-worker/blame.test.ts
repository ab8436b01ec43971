import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Language } from "../../../protocol/languages.ts";
import { Blame, type Suspect } from "./blame.ts";

const now = 100_000;

function running(code: string, sinceMs: number, language: Language = "js"): Suspect {
  const task = {
    work: { kind: "run", language, code, module: undefined, inputJson: "null" },
    timeoutMs: 1000,
    memoryMb: 64,
    onOutput() {},
    onAsk: async () => "",
  } as const;
  return { running: { task, startedAt: now - sinceMs } };
}

const judged = (blame: Blame, cells: readonly Suspect[]) => {
  blame.judge(cells, now);
  return cells.map((cell) => blame.isCulprit(cell));
};

describe("When the heap that cells share is full", () => {
  test("the one that may have filled it did", () => {
    const idle: Suspect = { running: undefined };
    const cells = [running("bomb", 5000), running("new", 10), running("loop", 5000, "lua"), idle];
    assert.deepEqual(judged(new Blame(), cells), [true, false, false, false]);
  });

  test("of several nobody is blamed, until one is there again", () => {
    const blame = new Blame();
    const first = [running("bomb", 5000), running("honest", 5000)];
    assert.deepEqual(judged(blame, first), [false, false]);
    const second = [running("another", 5000), running("bomb", 5000)];
    assert.deepEqual(judged(blame, second), [false, true]);
  });

  test("who was blamed once has a clean name afterwards", () => {
    const blame = new Blame();
    assert.deepEqual(judged(blame, [running("bomb", 5000)]), [true]);
    assert.deepEqual(judged(blame, [running("bomb", 5000), running("honest", 5000)]), [false, false]);
  });
});
