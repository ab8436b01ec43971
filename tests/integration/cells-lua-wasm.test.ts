import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { luaCases } from "../support/kernel-cases-lua.ts";
import { moduleCases } from "../support/kernel-cases-wasm.ts";
import { luaTraces } from "../support/kernel-traces-lua.ts";
import { RealCells } from "../support/real-cells.ts";
import { assertCase } from "../support/run-case.ts";
import { assemble } from "../support/wat.ts";

let cells: RealCells;
before(async () => {
  cells = await RealCells.start();
});
after(() => cells[Symbol.asyncDispose]());

describe("Lua in a sealed cell", () => {
  for (const work of luaCases) {
    test(work.name, async () => assertCase(work, await cells.run({ language: "lua", ...work })));
  }
});

describe("In a sealed cell, a Lua task leaves no trace of", () => {
  for (const { name, leave, look, clean } of luaTraces) {
    test(name, async () => {
      const { cell } = cells;
      await cells.run({ language: "lua", code: leave, memoryMb: 64 });
      assertCase({ expected: clean, stderr: "" }, await cells.run({ language: "lua", code: look }));
      assert.equal(cells.cell, cell, "both ran in the same cell");
    });
  }
});

describe("WebAssembly in a sealed cell", () => {
  for (const work of moduleCases) {
    test(work.name, async () => {
      const module = { cid: work.name, bytes: await assemble(work.wat) };
      assertCase(work, await cells.run({ language: "wasm", ...work, module }));
    });
  }
});

describe("A cell is killed, and the next is untouched, when", () => {
  const killed: { name: string; code: string; error: string; memoryMb?: number }[] = [
    { name: "Lua loops for ever", code: "while true do end", error: "timeout" },
    { name: "Lua loops for ever in pcall", code: "while true do pcall(error) end", error: "timeout" },
    {
      name: "a Lua pattern takes for ever",
      code: "return (('a'):rep(500)):find(('a-'):rep(100) .. 'b')",
      error: "timeout",
    },
    {
      name: "Lua prints without end",
      code: "while true do pcall(print, ('x'):rep(1000)) end",
      error: "output_exceeded",
    },
  ];
  for (const { name, code, error } of killed) {
    test(name, async () => {
      const { outcome } = await cells.run({ language: "lua", code, timeoutMs: 500 });
      assert.ok(!outcome.ok);
      assert.equal(outcome.code, error);
      const next = await cells.run({ language: "lua", code: "return 'well'" });
      assert.deepEqual(next.outcome, { ok: true, resultJson: '"well"' });
    });
  }
});
