import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { prettyJson } from "./json-text.ts";

test("what fits a line stands on one", () => {
  assert.equal(prettyJson({ a: 1, b: [1, 2] }), '{"a":1,"b":[1,2]}');
  assert.equal(prettyJson(undefined), "null");
});

test("what does not is broken where it is nested, and numbers fill their lines", () => {
  const text = prettyJson({
    name: "a row of the picture",
    row: Array.from({ length: 30 }, (_, index) => index),
  });
  assert.equal(
    text,
    `{
  "name": "a row of the picture",
  "row": [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
    19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29
  ]
}`,
  );
});

test("it reads back as it was", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      assert.deepEqual(JSON.parse(prettyJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});
