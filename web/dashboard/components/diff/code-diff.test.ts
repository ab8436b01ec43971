import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DiffLine, diffCode, foldSame } from "./code-diff.ts";

const textOf = (line: DiffLine | undefined) => line?.pieces.map((piece) => piece.text).join("");
const lines = (count: number, from = 1) => Array.from({ length: count }, (_, at) => `line ${from + at}`);

test("a line that was put in moves the numbers of those behind it", () => {
  const { rows, added, removed } = diffCode("a\nc\n", "a\nb\nc\n");
  assert.deepEqual([added, removed], [1, 0]);
  assert.deepEqual(
    rows.map((row) => [row.kind, row.before?.number, row.after?.number]),
    [
      ["same", 1, 1],
      ["changed", undefined, 2],
      ["same", 2, 3],
    ],
  );
});

test("a line that was rewritten stands beside what it became, with the words that differ", () => {
  const { rows } = diffCode("return hello(name)", "return hello(title)");
  const [row] = rows;
  const changed = (line: DiffLine | undefined) =>
    line?.pieces.filter((piece) => piece.changed).map((piece) => piece.text);
  assert.deepEqual(changed(row?.before), ["name"]);
  assert.deepEqual(changed(row?.after), ["title"]);
});

test("lines with hardly a word in common are marked as a whole", () => {
  const [row] = diffCode("import everything from nowhere", "x").rows;
  assert.deepEqual(row?.before?.pieces, [{ text: "import everything from nowhere", changed: false }]);
});

test("the same code has no changes, and a line break at its end is no line", () => {
  const { rows, added, removed } = diffCode("a\r\nb", "a\nb\n");
  assert.deepEqual([rows.length, added, removed], [2, 0, 0]);
});

test("both codes can be read back from the rows", () => {
  const code = fc.array(fc.constantFrom("a", "b", "c d", "c e", ""), { maxLength: 12 });
  fc.assert(
    fc.property(code, code, (before, after) => {
      // What ends in an empty line cannot be told from a line break at the end.
      const [old, now] = [
        [...before, "end"],
        [...after, "end"],
      ];
      const { rows } = diffCode(old.join("\n"), now.join("\n"));
      const sides = (side: "before" | "after") =>
        rows.flatMap((row) => (row[side] ? [textOf(row[side])] : []));
      assert.deepEqual(sides("before"), old);
      assert.deepEqual(sides("after"), now);
      const numbers = rows.flatMap((row) => row.after?.number ?? []);
      assert.deepEqual(
        numbers,
        now.map((_, at) => at + 1),
      );
    }),
  );
});

test("what stayed the same is folded, but for three lines around each change", () => {
  const before = [...lines(10), "old", ...lines(10, 11)].join("\n");
  const after = [...lines(10), "new", ...lines(10, 11)].join("\n");
  const blocks = foldSame(diffCode(before, after).rows);
  assert.deepEqual(
    blocks.map(({ kind, rows }) => [kind, rows.length]),
    [
      ["folded", 7],
      ["shown", 7],
      ["folded", 7],
    ],
  );
});

test("a single line is not folded, since the fold takes a line itself", () => {
  const before = [...lines(4), "old"].join("\n");
  const after = [...lines(4), "new"].join("\n");
  assert.ok(foldSame(diffCode(before, after).rows).every((block) => block.kind === "shown"));
});
