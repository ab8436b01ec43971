import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonFaultAt } from "./json-fault.ts";

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const faults: readonly (readonly [string, number])[] = [
  ["", 0],
  ["{a:1}", 1],
  ['{"a":1,}', 7],
  ["[1 2]", 3],
  ["[1,]", 3],
  ['{"a":"x\ny"}', 7],
  ["nul", 0],
  ['{"a":1}}', 7],
  ['"\\x"', 1],
  ['{"a" 1}', 5],
  ["[1,", 3],
  ["[1", 2],
  ["01", 0],
  ['["abc', 5],
  ["[1}", 2],
  ['{"a":1]', 6],
  ["tru e", 0],
  ["1 2", 2],
];
for (const [text, at] of faults) {
  test(`${JSON.stringify(text)} goes wrong at ${at}`, () => assert.equal(jsonFaultAt(text), at));
}

test("whatever JSON.parse takes has no fault", () => {
  fc.assert(fc.property(fc.json({ maxDepth: 6 }), (text) => assert.equal(jsonFaultAt(text), undefined)));
});

test("whatever JSON.parse refuses has one, and nothing else", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "1",
    "-",
    "1e5",
    "01",
    "null",
    " ",
    "\\",
    "x",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (chosen) => {
      const text = chosen.join("");
      assert.equal(jsonFaultAt(text) === undefined, isJson(text), text);
    }),
    { numRuns: 2000 },
  );
});

test("nesting costs no stack", () => {
  assert.equal(jsonFaultAt("[".repeat(1_000_000)), 1_000_000);
});
