/// <reference path="../webassembly.d.ts" />
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import wabt from "wabt";
import { readLuaAssets } from "../../../../tests/support/lua-assets.ts";
import { runInRuntime } from "../../../../tests/support/run-case.ts";
import type { LuaAssets } from "./interpreter.ts";
import { LuaRuntime } from "./runtime.ts";

let assets: LuaAssets;
before(async () => {
  assets = await readLuaAssets();
});

describe("What an interpreter remembers beside its memory", () => {
  let wat: string;
  before(async () => {
    const { readWasm } = await wabt();
    wat = readWasm(assets.interpreter, { readDebugNames: false }).toText({});
  });

  test("is four integers, and no table can change.", () => {
    assert.deepEqual(
      [...wat.matchAll(/^ {2}\(global .*$/gm)].map(([line]) => line.replace(/;.*?;/, "").trim()),
      [
        "(global () (mut i32) (i32.const 1083712))",
        "(global () (mut i32) (i32.const 0))",
        "(global () (mut i32) (i32.const 0))",
        "(global () (mut i32) (i32.const 0))",
      ],
    );
    assert.doesNotMatch(wat, /\b(table\.(set|grow|fill|copy|init)|elem\.drop|data\.drop)\b/);
  });

  test("is set by no more than the stack, its two ends, and the label of a jump.", () => {
    const setters = new Map<string, Set<string>>();
    let inside = "";
    for (const line of wat.split("\n")) {
      inside = /^ {2}\(func \(;(\d+);\)/.exec(line)?.[1] ?? inside;
      const target = /global\.set (\d+)/.exec(line)?.[1];
      if (target !== undefined) setters.set(target, (setters.get(target) ?? new Set()).add(inside));
    }
    assert.deepEqual([...setters.keys()].sort(), ["0", "1", "2", "3"]);
    // The ends of the stack: by the constructor and by emscripten_stack_init.
    assert.equal(setters.get("2")?.size, 2);
    assert.deepEqual(setters.get("2"), setters.get("3"));
    // The label: where a jump is caught, and where it is looked up.
    assert.equal(setters.get("1")?.size, 2);
  });
});

describe("Between two tasks", () => {
  const Instance = WebAssembly.Instance;
  const instances: WebAssembly.Instance[] = [];
  let runtime: LuaRuntime;
  before(async () => {
    WebAssembly.Instance = class extends Instance {
      constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
        super(module, imports);
        // The wrapper of the one function that the host adds has no memory, and remembers nothing.
        if (this.exports.memory) instances.push(this);
      }
    };
    runtime = await LuaRuntime.create(assets);
    runtime.reset();
  });
  after(() => {
    WebAssembly.Instance = Instance;
  });

  function memoryNow(): Buffer {
    const memory = instances.at(-1)?.exports.memory;
    assert.ok(memory instanceof WebAssembly.Memory);
    return Buffer.from(memory.buffer.slice(0));
  }

  const tasks: [name: string, code: string][] = [
    ["little", "return 1"],
    [
      "an error deep inside",
      "local function f(n) if n == 0 then error('x') end return (f(n - 1)) end f(150)",
    ],
    [
      "half a page of secrets",
      "SECRET = {} for i = 1, 5000 do SECRET[i] = 'SECRET' .. i end io.write('SECRET')",
    ],
    ["a full C stack", "local function f(s) return (s:gsub('.', f)) end f('SECRET')"],
    ["some growth", "SECRET = ('SECRET'):rep(500000)"],
    ["much growth", "SECRET = ('SECRET'):rep(5000000)"],
    [
      "no memory left",
      "SECRET = {} while true do SECRET[#SECRET + 1] = ('SECRET'):rep(10000) .. #SECRET end",
    ],
    [
      "an uncatchable end",
      "SECRET = {} while true do pcall(function() SECRET[#SECRET + 1] = ('SECRET'):rep(10000) .. #SECRET end) end",
    ],
    ["a code that does not parse", "SECRET SECRET SECRET"],
  ];
  for (const [name, code] of tasks) {
    test(`the memory is as it was before the first, after ${name}.`, async () => {
      const pristine = memoryNow();
      await runInRuntime(runtime, { code, input: { secret: "SECRET" }, memoryMb: 48 });
      const restored = memoryNow();
      assert.ok(restored.subarray(0, pristine.length).equals(pristine.subarray(0, restored.length)));
      assert.equal(restored.indexOf("SECRET"), -1);
      assert.ok(restored.subarray(pristine.length).every((byte) => byte === 0));
    });
  }

  test("an instance is kept, unless its memory grew far or it was left in the middle of something.", async () => {
    const before = instances.length;
    for (let turn = 0; turn < 50; turn++) await runInRuntime(runtime, { code: "return 1" });
    assert.equal(instances.length, before);
    await runInRuntime(runtime, { code: "return #('x'):rep(10 << 20)" });
    assert.equal(instances.length, before + 1);
  });
});
