import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { readLuaAssets } from "../../../../tests/support/lua-assets.ts";
import { LuaRuntime } from "./runtime.ts";

let runtime: LuaRuntime;
before(async () => {
  runtime = await LuaRuntime.create(await readLuaAssets());
});

function resultOf(code: string, inputJson: string): unknown {
  const io = { write() {}, ask: () => assert.fail("json asks nobody") };
  const outcome = runtime.run({ code, module: undefined, inputJson, memoryMb: 64 }, io);
  runtime.reset();
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.resultJson === undefined ? undefined : JSON.parse(outcome.resultJson);
}

/** Zero has no sign in a Lua integer, and lone halves of a surrogate pair are no text. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, part) => {
    if (part === 0) return 0;
    return typeof part === "string" ? part.toWellFormed() : part;
  });

describe("Lua's json", () => {
  test("carries every JSON value in and out unchanged.", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        assert.deepEqual(
          resultOf("return {INPUT}", JSON.stringify(value)),
          value === null ? {} : [plain(value)],
        );
      }),
      { numRuns: 500 },
    );
  });

  test("reads what JavaScript reads, with any white space, and refuses what it refuses.", () => {
    const code = `local ok, value = pcall(require("json").decode, INPUT)
      if ok then return {value} end
      return value`;
    const bits = fc.constantFrom(
      ...'[]{},:"\\0-1.eE+ \n\t',
      "true",
      "false",
      "null",
      "\\u00e9",
      '"a"',
      "12",
      "1.5e3",
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        // Beyond the largest number both read infinity, which no result can hold.
        fc.pre(!/[eE]\+?\d{3}/.test(text));
        const told = resultOf(code, JSON.stringify(text));
        let expected: unknown;
        try {
          expected = [plain(JSON.parse(text))];
        } catch {
          assert.equal(typeof told, "string", `${text} was read as ${JSON.stringify(told)}`);
          return;
        }
        assert.deepEqual(told, expected, text);
      }),
      { numRuns: 3000 },
    );
  });

  test("says where text stops being JSON.", () => {
    const code = `return select(2, pcall(require("json").decode, INPUT))`;
    const told = (text: string) => String(resultOf(code, JSON.stringify(text)));
    assert.match(told("[1 2]"), /',' or '\]' expected, but found "2" at byte 4/);
    assert.match(told('{"a" 1}'), /':' expected/);
    assert.match(told("{a:1}"), /a name in quotes expected/);
    assert.match(told('"\\x"'), /an escape expected/);
    assert.match(told('"\u0001"'), /control characters/);
    assert.match(told("01"), /leading zeros/);
    assert.match(told("1 1"), /nothing more expected/);
    assert.match(told("[".repeat(600)), /no more than 512 levels/);
  });
});
