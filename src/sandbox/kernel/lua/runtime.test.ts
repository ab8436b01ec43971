import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { luaCases } from "../../../../tests/support/kernel-cases-lua.ts";
import { luaTraces } from "../../../../tests/support/kernel-traces-lua.ts";
import { readLuaAssets } from "../../../../tests/support/lua-assets.ts";
import { assertCase, runInRuntime } from "../../../../tests/support/run-case.ts";
import { LuaRuntime } from "./runtime.ts";

let runtime: LuaRuntime;
before(async () => {
  runtime = await LuaRuntime.create(await readLuaAssets());
});

describe("Lua", () => {
  for (const work of luaCases) {
    test(work.name, async () => assertCase(work, await runInRuntime(runtime, work)));
  }
});

describe("A Lua task leaves no trace of", () => {
  for (const { name, leave, look, clean } of luaTraces) {
    test(name, async () => {
      await runInRuntime(runtime, { code: leave, memoryMb: 32 });
      assertCase({ expected: clean, stderr: "" }, await runInRuntime(runtime, { code: look }));
    });
  }
});

test("Two tasks draw different random numbers.", async () => {
  const draw = async () => (await runInRuntime(runtime, { code: "return math.random(0)" })).outcome;
  assert.notDeepEqual(await draw(), await draw());
});
