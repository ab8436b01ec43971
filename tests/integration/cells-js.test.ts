import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fingerprintLater, jsLateTraces, jsTraces } from "../support/js-traces.ts";
import { jsCases } from "../support/kernel-cases-js.ts";
import { jsWebCases } from "../support/kernel-cases-js-web.ts";
import { RealCells } from "../support/real-cells.ts";
import { assertCase, type Ran } from "../support/run-case.ts";

let cells: RealCells;
before(async () => {
  cells = await RealCells.start();
});
after(() => cells[Symbol.asyncDispose]());

const js = (code: string, limits: { timeoutMs?: number; memoryMb?: number } = {}): Promise<Ran> =>
  cells.run({ language: "js", code, ...limits });

describe("JavaScript in a sealed cell", () => {
  for (const work of [...jsCases, ...jsWebCases]) {
    test(work.name, async () => {
      const { cell } = cells;
      assertCase(work, await cells.run({ language: "js", ...work }));
      assert.equal(cells.cell, cell, "the cell lived on");
    });
  }
});

describe("In a sealed cell, a JavaScript task leaves no trace by", () => {
  let clean: unknown;
  const look = async () => {
    const { outcome } = await js(fingerprintLater);
    assert.ok(outcome.ok && outcome.resultJson, JSON.stringify(outcome));
    return JSON.parse(outcome.resultJson) as unknown;
  };
  before(async () => {
    clean = await look();
  });
  for (const { name, leave } of [...jsTraces, ...jsLateTraces]) {
    test(name, async () => {
      const { cell } = cells;
      await js(leave);
      assert.deepEqual(await look(), clean);
      assert.equal(cells.cell, cell, "both ran in the same cell");
    });
  }
});

describe("A cell is killed, and the next is untouched, when JavaScript", () => {
  const killed: { name: string; code: string; error: string; memoryMb?: number }[] = [
    { name: "loops for ever", code: "for (;;);", error: "timeout" },
    {
      name: "loops for ever in promises",
      code: "const f = () => Promise.resolve().then(f); f()",
      error: "timeout",
    },
    {
      name: "loops for ever in a microtask after a failure",
      code: "const f = () => queueMicrotask(f); f(); throw 1",
      error: "timeout",
    },
    {
      name: "loops for ever in a getter of its result",
      code: "({ get x() { for (;;); } })",
      error: "timeout",
    },
    { name: "matches for ever", code: "/^(a+)+$/.test('a'.repeat(60) + 'b')", error: "timeout" },
    { name: "keeps an interval", code: "setInterval(() => {}, 1)", error: "timeout" },
    {
      name: "waits on shared memory",
      code: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
      error: "timeout",
    },
    {
      name: "fills the heap",
      code: "const hold = []; for (;;) hold.push(new Array(1000).fill(hold.length))",
      error: "memory_exceeded",
    },
    {
      name: "fills buffers",
      code: "const hold = []; for (;;) hold.push(new Uint8Array(1 << 20).fill(1))",
      error: "memory_exceeded",
    },
    {
      name: "fills WebAssembly memories",
      code: "const hold = []; for (;;) { const m = new WebAssembly.Memory({ initial: 64 }); new Uint8Array(m.buffer).fill(1); hold.push(m) }",
      error: "memory_exceeded",
    },
    {
      name: "fills a string",
      code: "let s = 'x'; const hold = []; for (;;) { hold.push((s + hold.length).repeat(1e6).split('')) }",
      error: "memory_exceeded",
    },
    { name: "prints without end", code: "for (;;) console.log('x'.repeat(1000))", error: "output_exceeded" },
    {
      name: "prints without end, catching everything",
      code: "for (;;) { try { console.log('x'.repeat(1000)) } catch {} }",
      error: "output_exceeded",
    },
    { name: "prints too much at once", code: "console.error('x'.repeat(2 << 20))", error: "output_exceeded" },
  ];
  for (const { name, code, error } of killed) {
    test(name, async () => {
      const { cell } = cells;
      const limits = error === "timeout" ? { timeoutMs: 300 } : { memoryMb: 32 };
      const { outcome } = await js(code, limits);
      assert.ok(!outcome.ok, JSON.stringify(outcome));
      assert.equal(outcome.code, error, outcome.message);
      await cell.gone;
      assert.deepEqual((await js("'well'")).outcome, { ok: true, resultJson: '"well"' });
    });
  }
});
