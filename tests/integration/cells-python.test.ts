import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pythonCases, pythonTraces } from "../support/kernel-cases-python.ts";
import { RealCells } from "../support/real-cells.ts";
import { assertCase } from "../support/run-case.ts";

let cells: RealCells;
before(async () => {
  cells = await RealCells.start("python");
});
after(() => cells[Symbol.asyncDispose]());

const python = (code: string, rest: { memoryMb?: number; timeoutMs?: number } = {}) =>
  cells.run({ language: "python", code, ...rest });

describe("Python in a sealed cell", () => {
  for (const work of pythonCases) {
    test(work.name, async () => assertCase(work, await cells.run({ language: "python", ...work })));
  }
});

describe("In a sealed cell, a Python task leaves no trace of", () => {
  for (const { name, leave, look, clean, prints } of pythonTraces) {
    test(name, async () => {
      const { cell } = cells;
      await python(leave);
      assertCase({ expected: clean, stdout: prints ?? "", stderr: "" }, await python(look));
      assert.equal(cells.cell, cell, "both ran in the same cell");
    });
  }
});
