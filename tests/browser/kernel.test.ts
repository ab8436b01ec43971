import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { withoutBrowser } from "../support/browser.ts";
import { fingerprintLater, jsLateTraces, jsTraces } from "../support/js-traces.ts";
import { jsCases } from "../support/kernel-cases-js.ts";
import { jsWebCases } from "../support/kernel-cases-js-web.ts";
import { luaCases } from "../support/kernel-cases-lua.ts";
import { pythonCases } from "../support/kernel-cases-python.ts";
import { moduleCases } from "../support/kernel-cases-wasm.ts";
import { luaTraces } from "../support/kernel-traces-lua.ts";
import { pythonTraces } from "../support/kernel-traces-python.ts";
import { assertCase } from "../support/run-case.ts";
import { TabCells } from "../support/tab-cells.ts";
import { assemble } from "../support/wat.ts";

/* The cases that natively run in sealed processes, in the cells of a browser's tab. */

describe("In a tab", { skip: withoutBrowser }, () => {
  let cells: TabCells;
  before(async () => {
    cells = await TabCells.start();
  });
  after(() => cells[Symbol.asyncDispose]());

  describe("JavaScript", () => {
    for (const work of [...jsCases, ...jsWebCases]) {
      test(work.name, async () => assertCase(work, await cells.run({ language: "js", ...work })));
    }
  });

  describe("a JavaScript task leaves no trace by", () => {
    let clean: unknown;
    const look = async () => {
      const { outcome } = await cells.run({ language: "js", code: fingerprintLater });
      assert.ok(outcome.ok && outcome.resultJson, JSON.stringify(outcome));
      return JSON.parse(outcome.resultJson) as unknown;
    };
    before(async () => {
      clean = await look();
    });
    for (const { name, leave } of [...jsTraces, ...jsLateTraces]) {
      test(name, async () => {
        await cells.run({ language: "js", code: leave });
        assert.deepEqual(await look(), clean);
      });
    }
  });

  describe("Lua", () => {
    for (const work of luaCases) {
      test(work.name, async () => assertCase(work, await cells.run({ language: "lua", ...work })));
    }
  });

  describe("a Lua task leaves no trace of", () => {
    for (const { name, leave, look, clean } of luaTraces) {
      test(name, async () => {
        const left = await cells.run({ language: "lua", code: leave, memoryMb: 64 });
        assertCase({ expected: clean, stderr: "" }, await cells.run({ language: "lua", code: look }));
        assert.equal(left.lived, true, "both ran in the same cell");
      });
    }
  });

  describe("WebAssembly", () => {
    for (const work of moduleCases) {
      test(work.name, async () => {
        const module = { cid: work.name, bytes: await assemble(work.wat) };
        assertCase(work, await cells.run({ language: "wasm", ...work, module }));
      });
    }
  });

  describe("Python", () => {
    for (const work of pythonCases) {
      test(work.name, { skip: work.nativeOnly ?? false }, async () =>
        assertCase(work, await cells.run({ language: "python", ...work })),
      );
    }
  });

  describe("a Python task leaves no trace of", () => {
    for (const { name, leave, look, clean, prints } of pythonTraces) {
      test(name, async () => {
        const left = await cells.run({ language: "python", code: leave });
        const looked = await cells.run({ language: "python", code: look });
        assertCase({ expected: clean, stdout: prints ?? "", stderr: "" }, looked);
        assert.equal(left.lived, true, "both ran in the same cell");
      });
    }
  });
});
