import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { pythonCases } from "../support/kernel-cases-python.ts";
import { pythonTraces } from "../support/kernel-traces-python.ts";
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

describe("A Python cell is replaced, and the next task is untouched, when one", () => {
  const ended: { name: string; code: string; error: string; memoryMb?: number }[] = [
    { name: "loops for ever", code: "while True: pass", error: "timeout" },
    {
      name: "loops for ever and catches everything",
      code: "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
      error: "timeout",
    },
    { name: "sleeps for ever", code: "import time\ntime.sleep(1e9)", error: "timeout" },
    {
      name: "waits for a regular expression for ever",
      code: "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')",
      error: "timeout",
    },
    {
      name: "computes a number for ever",
      code: "(9 ** 9 ** 9).bit_length()",
      error: "timeout",
      memoryMb: 2048,
    },
    {
      name: "fills its memory with lists",
      code: "hold = []\nwhile True: hold.append([len(hold)] * 1000)",
      error: "memory_exceeded",
      memoryMb: 32,
    },
    {
      name: "fills its memory and catches everything",
      code: "hold = []\nwhile True:\n    try: hold.append(bytearray(10**6))\n    except MemoryError: pass",
      error: "memory_exceeded",
      memoryMb: 32,
    },
    {
      name: "prints for ever and catches everything",
      code: "while True:\n    try: print('x' * 1000)\n    except BaseException: pass",
      error: "output_exceeded",
    },
    { name: "aborts", code: "import os\nos.abort()", error: "guest_error" },
    {
      name: "recurses in C beyond all limits",
      code: "eval('x' + '.a' * 50000)",
      error: "guest_error",
    },
    {
      name: "runs bytecode that no compiler makes",
      code: "def f(): pass\nf.__code__ = f.__code__.replace(co_code=bytes([255, 255] * 40), co_stacksize=0)\nf()",
      error: "guest_error",
    },
  ];
  for (const { name, code, error, memoryMb } of ended) {
    test(name, async () => {
      const { outcome } = await python(code, { timeoutMs: 1500, ...(memoryMb && { memoryMb }) });
      assert.ok(!outcome.ok);
      assert.equal(outcome.code, error, outcome.message);
      const next = await python("import json\njson.dumps('well')");
      assert.deepEqual(next.outcome, { ok: true, resultJson: '"\\"well\\""' });
    });
  }
});

test("Chance is another in every task and every cell.", async () => {
  const draw =
    "import os, random, secrets, uuid\n[random.random(), os.urandom(8).hex(), secrets.token_hex(8), str(uuid.uuid4())]";
  const drawn: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    for (let task = 0; task < 2; task++) {
      const { outcome } = await python(draw);
      assert.ok(outcome.ok);
      drawn.push(...JSON.parse(outcome.resultJson ?? "[]"));
    }
    cells.cell.kill();
  }
  assert.equal(drawn.length, 24);
  assert.equal(new Set(drawn).size, 24);
});

test("Sleeping takes no processor time.", async () => {
  const sleep = (seconds: number) =>
    `import asyncio, time\ntime.sleep(${seconds})\nawait asyncio.sleep(${seconds})`;
  // The engine compiles what a program uses for the first time, on processor time of the cell.
  await python(sleep(0.01));
  const run = cells.cell.run({
    work: { kind: "run", language: "python", code: sleep(1), module: undefined, inputJson: "null" },
    timeoutMs: 20_000,
    memoryMb: 64,
    onOutput() {},
    onAsk: () => Promise.reject(new Error("Nobody answers here.")),
  });
  const outcome = await run.outcome;
  assert.ok(outcome.kind === "completed", JSON.stringify(outcome));
  assert.ok(outcome.stats.wallMs >= 2000);
  assert.ok((outcome.stats.cpuMs ?? 0) < 1000, `it took ${outcome.stats.cpuMs} ms`);
});

test("docs/runtimes/python.md names every module of the standard library that cannot be imported, and no other.", async () => {
  const doc = await readFile(new URL("../../docs/runtimes/python.md", import.meta.url), "utf8");
  const rows = doc
    .slice(doc.indexOf("| left out |"))
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => (row.split("|")[1] ?? "").match(/\w+/g) ?? []);
  const { outcome } = await python(
    "import importlib, sys\nmissing = []\nfor name in sys.stdlib_module_names:\n    if name[0] == '_': continue\n    try:\n        importlib.import_module(name)\n    except ImportError:\n        missing.append(name)\nsorted(missing)",
  );
  assert.ok(outcome.ok);
  assert.deepEqual(JSON.parse(outcome.resultJson ?? "null"), named.sort());
});
