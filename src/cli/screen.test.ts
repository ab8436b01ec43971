import assert from "node:assert/strict";
import { test } from "node:test";
import { printable, printableLines, textFor } from "./screen.ts";

test("what strangers wrote steers no terminal, in lines and colours as they wrote them", () => {
  const hostile = [
    ["\x1b]0;title\x07one\ttwo\nthree", "one\ttwo\nthree"],
    ["\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"],
    ["\x1b[2J\x1b[1;1Hgone", "gone"],
    ["line\rover\b\b", "lineover"],
    ["\x9b2Jgone", "gone"],
    ["\x1b\x1b[31m[2J", "\x1b[31m[2J"],
  ];
  for (const [text = "", shown] of hostile) assert.equal(printableLines(text), shown, JSON.stringify(text));
});

test("a pipe gets what there is", () => {
  const text = "\x1b[2Jgone\r";
  assert.equal(textFor({ isTTY: true }, text), "gone");
  assert.equal(textFor({ isTTY: false }, text), text);
});

test("in one line no line begins", () => {
  assert.equal(printable("one\ntwo\x1b[31m"), "one two");
});
