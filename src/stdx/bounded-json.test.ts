import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { jsonContainersMax, jsonDepthMax, jsonShape, parseBoundedJson } from "./bounded-json.ts";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test("the depth read from text is the depth of the value", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 8 }),
      (value) => jsonShape(JSON.stringify(value)).depth === depthOf(value),
    ),
  );
});

test("brackets inside strings do not count, escaped quotes included", () => {
  assert.equal(jsonShape(String.raw`["[[[\"[[[", "\\"]`).depth, 1);
});

test("a text of more arrays and objects than anybody needs is refused before it is read", () => {
  const many = (count: number) => `[${"{},".repeat(count - 2)}{}]`;
  assert.ok(Array.isArray(parseBoundedJson(many(jsonContainersMax))));
  assert.throws(() => parseBoundedJson(many(jsonContainersMax + 1)), RangeError);
});

test("nesting at the limit is read and one level more is refused", () => {
  const nested = (levels: number) => `${"[".repeat(levels)}${" ".repeat(600)}${"]".repeat(levels)}`;
  assert.ok(Array.isArray(parseBoundedJson(nested(jsonDepthMax))));
  assert.throws(() => parseBoundedJson(nested(jsonDepthMax + 1)), RangeError);
});
