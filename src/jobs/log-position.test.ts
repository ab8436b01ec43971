import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { afterPart, atBeginning, type LogPart, positionOf, positionText, unread } from "./log-position.ts";

test("a position is read as it was written, and nothing else is one", () => {
  const position = { attempt: 2, stdout: 10, stderr: 0 };
  assert.deepEqual(positionOf(positionText(position)), position);
  for (const text of [undefined, "", "end", "1-2", "1-2-3-4", "-1-2-3", "1-2-x", "1-2-9999999999"]) {
    assert.equal(positionOf(text), undefined);
  }
});

test("what was printed in another attempt is not what was read", () => {
  const part: LogPart = { attempt: 2, stream: "stdout", at: 0, text: "abc" };
  assert.deepEqual(unread(part, { attempt: 1, stdout: 3, stderr: 0 }), part);
  assert.equal(unread(part, { attempt: 2, stdout: 3, stderr: 0 }), undefined);
});

const parts = fc
  .array(
    fc.record({
      stream: fc.constantFrom("stdout" as const, "stderr" as const),
      text: fc.string({ minLength: 1 }),
    }),
  )
  .map((printed) => {
    const at = { stdout: 0, stderr: 0 };
    return printed.map(({ stream, text }): LogPart => {
      const part = { attempt: 1, stream, at: at[stream], text };
      at[stream] += text.length;
      return part;
    });
  });

test("whoever comes back has every character once, wherever the stream broke off and however it is cut anew", () => {
  fc.assert(
    fc.property(parts, fc.nat(), fc.boolean(), (printed, cut, whole) => {
      const text = (of: readonly LogPart[], stream: string) =>
        of
          .filter((part) => part.stream === stream)
          .map((part) => part.text)
          .join("");
      const before = printed.slice(0, cut % (printed.length + 1));
      const read = before.reduce((at, part) => afterPart(part, at), atBeginning);
      // One that has ended is told in two parts.
      const again: LogPart[] = whole
        ? (["stdout", "stderr"] as const).map((stream) => ({
            attempt: 1,
            stream,
            at: 0,
            text: text(printed, stream),
          }))
        : [...printed];
      const after = again.flatMap((part) => unread(part, read) ?? []);
      for (const stream of ["stdout", "stderr"]) {
        assert.equal(text(before, stream) + text(after, stream), text(printed, stream));
      }
    }),
  );
});
