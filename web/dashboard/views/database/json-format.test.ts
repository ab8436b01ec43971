import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkJson, compactJson, formatJson, previewOf } from "./json-format.ts";

test("formatting changes nothing that a program can see, and is what people are used to", () => {
  fc.assert(
    fc.property(fc.json(), (json) => {
      const formatted = formatJson(json);
      assert.equal(formatted, JSON.stringify(JSON.parse(json), null, 2));
      assert.equal(compactJson(formatted), json);
    }),
  );
});

test("numbers that a double cannot hold, escapes and repeated names stay as they were written", () => {
  const json = '{"id": 12345678901234567890.10, "a": "\\u00e9, \\"{}\\" ", "a": 1e2}';
  assert.equal(
    compactJson(formatJson(json)),
    '{"id":12345678901234567890.10,"a":"\\u00e9, \\"{}\\" ","a":1e2}',
  );
});

test("a fault is told with its line and column", () => {
  const check = checkJson('{\n  "a": 1,\n  b: 2\n}');
  assert.equal(check.kind, "fault");
  assert.deepEqual(check.kind === "fault" && [check.line, check.column], [3, 3]);
  assert.match(check.kind === "fault" ? check.sentence : "", /^This is no JSON: .* in line 3, column 3\.$/);
});

test("text that ends too early is told so", () => {
  const check = checkJson('{"a": [1, 2');
  assert.match(check.kind === "fault" ? check.sentence : "", /column 12/);
});

test("nothing at all is told from what is wrong", () => {
  assert.equal(checkJson("  \n").kind, "empty");
  assert.equal(checkJson("null").kind, "json");
});

test("a preview is one line of bounded length", () => {
  assert.equal(previewOf('{\n  "a": [1, 2]\n}', 80), '{"a":[1,2]}');
  assert.equal(previewOf(JSON.stringify("x".repeat(500)), 10), `"${"x".repeat(9)}…`);
});
