import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JobErrorCode } from "../../src/protocol/errors.ts";
import {
  countingModule,
  FunctionCells,
  type FunctionWork,
  lua,
  python,
  wasm,
} from "../support/function-cells.ts";

/* How functions of Lua, Python and WebAssembly fail in sealed cells, and what is left of them then. */

let cells: FunctionCells;
before(async () => {
  cells = await FunctionCells.start(() => Promise.reject(new Error("Nobody answers here.")));
});
after(() => cells[Symbol.asyncDispose]());

describe("A function cannot be loaded that", () => {
  const refused: [
    name: string,
    work: FunctionWork | Promise<FunctionWork>,
    code: JobErrorCode,
    message: RegExp,
  ][] = [
    [
      "does not parse as Lua",
      lua("function handle(req)\n  return 1 +\nend"),
      "syntax_error",
      /^function\.lua:3: /,
    ],
    ["has no handler in Lua", lua("x = 1"), "guest_error", /defines no function handle\(req\)/],
    ["names no function of Lua its handler", lua("handle = {}"), "guest_error", /defines no function handle/],
    ["fails at the top level of Lua", lua("\nerror('no luck')"), "guest_error", /^function\.lua:2: no luck$/],
    [
      "looks like a handler through Lua's metatables alone",
      lua("setmetatable(_G, {__index = function() return print end})"),
      "guest_error",
      /defines no function handle/,
    ],
    [
      "does not parse as Python",
      python("x = 1\ndef handle(req:\n    pass"),
      "syntax_error",
      /^SyntaxError: '\(' was never closed \(line 2\)$/,
    ],
    [
      "has no handler in Python",
      python("x = 1"),
      "guest_error",
      /defines no function handle\(req\), and does not read INPUT/,
    ],
    ["only stores INPUT", python("INPUT = 1"), "guest_error", /defines no function handle/],
    [
      "fails at the top level of Python",
      python("\nraise ValueError('no luck')"),
      "guest_error",
      /^ValueError: no luck \(line 2\)$/,
    ],
    [
      "exits at the top level of Python",
      python("import sys\nsys.exit(3)"),
      "guest_error",
      /exited with code 3/,
    ],
    [
      "leaves Python by force",
      python("import os\nos._exit(0)\ndef handle(req): pass"),
      "guest_error",
      /exited/,
    ],
    [
      "exports neither run nor _start",
      wasm("(module)"),
      "wasm_invalid",
      /exports neither a function `run` nor/,
    ],
    [
      "imports what is not there",
      wasm(`(module (import "env" "db_drop" (func)) (func (export "run")))`),
      "wasm_invalid",
      /env\.db_drop/,
    ],
    [
      "imports a function as what it is not",
      wasm(`(module (import "env" "get_input" (global i32)) (func (export "run")))`),
      "wasm_invalid",
      /env\.get_input \(a global\)/,
    ],
    [
      "traps when it is started",
      wasm(`(module (func $s unreachable) (start $s) (func (export "run")))`),
      "guest_error",
      /trapped/,
    ],
    [
      "traps in _initialize",
      wasm(`(module (func (export "_initialize") unreachable) (func (export "run")))`),
      "guest_error",
      /trapped/,
    ],
    [
      "came as bytes that are no module",
      { language: "wasm", module: { cid: "none", bytes: Buffer.from("none") } },
      "wasm_invalid",
      /./,
    ],
  ];
  for (const [name, work, code, message] of refused) {
    test(name, async () => {
      using instance = await cells.load(await work);
      const { outcome } = instance.loaded;
      assert.ok(!outcome.ok, JSON.stringify(outcome));
      assert.equal(outcome.code, code, outcome.message);
      assert.match(outcome.message, message);
    });
  }
});

describe("A call that fails leaves the function as it is, when it", () => {
  const failing: [
    name: string,
    work: FunctionWork | Promise<FunctionWork>,
    code: JobErrorCode,
    message: RegExp,
  ][] = [
    [
      "throws in Lua",
      lua("function handle(req)\n  if req.fail then error('no luck') end return 1 end"),
      "guest_error",
      /^function\.lua:2: no luck$/,
    ],
    [
      "returns what is no JSON in Lua",
      lua("function handle(req) return req.fail and print or 1 end"),
      "result_not_json",
      /function/,
    ],
    [
      "recurses for ever in Lua",
      lua("function f() return 1 + f() end function handle(req) if req.fail then f() end return 1 end"),
      "guest_error",
      /stack overflow/,
    ],
    [
      "takes all memory in Lua",
      lua(
        "function handle(req) local t = {} while req.fail do t[#t + 1] = ('x'):rep(10000) .. #t end return 1 end",
      ),
      "memory_exceeded",
      /more memory than its 128 MB/,
    ],
    [
      "raises in Python",
      python("def handle(req):\n    if 'fail' in req:\n        raise KeyError('luck')\n    return 1"),
      "guest_error",
      /^KeyError: 'luck' \(line 3\)$/,
    ],
    [
      "returns what is no JSON in Python",
      python("def handle(req): return print if 'fail' in req else 1"),
      "result_not_json",
      /not JSON serializable/,
    ],
    [
      "recurses for ever in Python",
      python("def f(): return f()\ndef handle(req): return f() if 'fail' in req else 1"),
      "guest_error",
      /RecursionError/,
    ],
    [
      "takes too much memory in Python",
      python("def handle(req):\n    if 'fail' in req: bytearray(10**9)\n    return 1"),
      "memory_exceeded",
      /memory/,
    ],
    [
      "raises in a coroutine",
      python("async def handle(req):\n    if 'fail' in req: raise OSError('luck')\n    return 1"),
      "guest_error",
      /^OSError: luck \(line 2\)$/,
    ],
    [
      "raises in a program",
      python("result = 1\nif 'fail' in INPUT: raise OSError('luck')"),
      "guest_error",
      /^OSError: luck \(line 2\)$/,
    ],
    [
      "exits Python",
      python("import sys\ndef handle(req):\n    if 'fail' in req: sys.exit('enough')\n    return 1"),
      "guest_error",
      /exited with code 1/,
    ],
    [
      "leaves trace functions behind",
      python(
        "import sys\ndef handle(req):\n    if 'fail' in req:\n        sys.setrecursionlimit(60)\n        sys.settrace(print)\n        raise OSError('luck')\n    return 1",
      ),
      "guest_error",
      /luck/,
    ],
  ];
  for (const [name, work, code, message] of failing) {
    test(name, async () => {
      using instance = await cells.load({ ...(await work), memoryMb: 128 });
      for (let round = 0; round < 2; round++) {
        const { outcome } = await instance.call({ fail: true });
        assert.ok(!outcome.ok, JSON.stringify(outcome));
        assert.equal(outcome.code, code, outcome.message);
        assert.match(outcome.message, message);
        assert.equal(await instance.answer(), 1);
      }
    });
  }

  test("traps in WebAssembly; its instance then is a new one", async () => {
    using instance = await cells.load(await wasm(countingModule));
    assert.deepEqual([await instance.answer(), await instance.answer()], [1, 2]);
    const { outcome, stderr } = await instance.call([]);
    assert.ok(!outcome.ok && outcome.code === "guest_error");
    assert.match(outcome.message, /trapped: unreachable/);
    assert.match(stderr, /wasm stack/);
    assert.equal(await instance.answer(), 1);
  });
});

describe("A call that leaves its interpreter in the middle of something costs the cell, when it", () => {
  const fatal: [name: string, work: FunctionWork, code: JobErrorCode][] = [
    [
      "takes all memory in Lua and catches every refusal",
      lua(
        "function handle() local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(10000) .. #t end) end end",
      ),
      "memory_exceeded",
    ],
    ["exits Python by force", python("import os\ndef handle(req): os._exit(0)"), "guest_error"],
    ["aborts Python", python("import os\ndef handle(req): os.abort()"), "guest_error"],
    [
      "takes memory in Python and catches all refusals",
      python(
        "def handle(req):\n    hold = []\n    while True:\n        try: hold.append(bytearray(10**6))\n        except MemoryError: pass",
      ),
      "memory_exceeded",
    ],
    ["loops for ever", lua("function handle() while true do end end"), "timeout"],
    ["prints without end", python("def handle(req):\n    while True: print('x' * 1000)"), "output_exceeded"],
  ];
  for (const [name, work, code] of fatal) {
    test(name, { timeout: 60_000 }, async () => {
      using instance = await cells.load({
        ...work,
        memoryMb: 32,
        timeoutMs: code === "timeout" ? 500 : 20_000,
      });
      assert.ok(instance.loaded.outcome.ok);
      const { outcome } = await instance.call();
      assert.ok(!outcome.ok, JSON.stringify(outcome));
      assert.equal(outcome.code, code, outcome.message);
      await instance.cell.gone;
    });
  }
});
