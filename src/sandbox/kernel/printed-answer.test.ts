import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { limits } from "../../protocol/limits.ts";
import { PrintedAnswer } from "./printed-answer.ts";

function printed(parts: readonly string[]): { answer: string | undefined; rest: string } {
  let rest = "";
  const program = new PrintedAnswer((text) => {
    rest += text;
  });
  for (const part of parts) program.write(part);
  const answer = program.end();
  return { answer, rest };
}

const answers: [name: string, text: string, answer: string | undefined, rest: string][] = [
  ["one line is the answer", '{"status":200}\n', '{"status":200}', ""],
  ["the answer needs no end of line", '{"status":200}', '{"status":200}', ""],
  ["what comes before it is output", 'one\ntwo\n{"a":1}\n', '{"a":1}', "one\ntwo\n"],
  ["what comes after it is output", '{"a":1}\ndone\n', '{"a":1}', "done\n"],
  ["of several objects the last is the answer", '{"a":1}\n{"a":2}\n', '{"a":2}', '{"a":1}\n'],
  [
    "it may take several lines",
    'hm\n{\n  "a": {\n    "b": 1\n  }\n}\n',
    '{\n  "a": {\n    "b": 1\n  }\n}',
    "hm\n",
  ],
  ["a brace within a line begins nothing", 'so: {"a":1}\n', undefined, 'so: {"a":1}\n'],
  ["what is no JSON is output", "{'a': 1}\n", undefined, "{'a': 1}\n"],
  ["an array is output", "[1]\n", undefined, "[1]\n"],
  ["nothing is no answer", "", undefined, ""],
  ["empty lines are output", "\n\n", undefined, "\n\n"],
];
for (const [name, text, answer, rest] of answers) {
  test(`Of what a program prints, ${name}.`, () => {
    assert.deepEqual(printed([text]), { answer, rest });
  });
}

test("It makes no difference in how many pieces a program prints.", () => {
  const bits = fc.constantFrom("{", "}", "\n", "{}", '{"a":1}', "text", " ", '"', "\n{");
  fc.assert(
    fc.property(fc.array(bits, { maxLength: 20 }), (parts) => {
      assert.deepEqual(printed(parts), printed([parts.join("")]));
    }),
  );
});

test("What cannot be the answer any more is passed on at once.", () => {
  const passed: string[] = [];
  const program = new PrintedAnswer((text) => passed.push(text));
  program.write("one\n");
  assert.deepEqual(passed, ["one\n"]);
  program.write('{"a":1}\n');
  assert.deepEqual(passed, ["one\n"]);
  program.write("{");
  assert.deepEqual(passed, ["one\n", '{"a":1}\n']);
});

test("A program that prints no end of line is held no longer than an answer can be.", () => {
  let passed = 0;
  const program = new PrintedAnswer((text) => {
    passed += text.length;
  });
  const line = "x".repeat(1 << 20);
  for (let length = 0; length <= limits.resultBytesMax; length += line.length) program.write(line);
  assert.ok(passed > limits.resultBytesMax);
});
