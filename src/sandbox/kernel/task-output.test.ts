import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { limits } from "../../protocol/limits.ts";
import type { OutputStream } from "../../protocol/output.ts";
import { utf8Length } from "../../stdx/utf8.ts";
import { TaskOutput } from "./task-output.ts";

function record() {
  const frames: [OutputStream, string][] = [];
  const output = new TaskOutput((stream, text) => frames.push([stream, text]));
  const textOf = (stream: OutputStream) =>
    frames.flatMap(([of, text]) => (of === stream ? [text] : [])).join("");
  return { output, frames, textOf };
}

describe("what a task prints", () => {
  test("leaves at once", () => {
    const { output, frames } = record();
    assert.equal(output.write("stdout", "a"), true);
    assert.equal(output.write("stderr", "b"), true);
    assert.deepEqual(frames, [
      ["stdout", "a"],
      ["stderr", "b"],
    ]);
    output.flush();
    assert.equal(frames.length, 2);
  });

  test("is gathered when it comes in a flood, also when the streams alternate", () => {
    const { output, frames, textOf } = record();
    const lines = 20_000;
    for (let line = 0; line < lines; line++) output.write(line % 2 ? "stdout" : "stderr", "x\n");
    output.flush();
    assert.equal(textOf("stdout").length + textOf("stderr").length, 2 * lines);
    assert.ok(frames.length < lines / 10, `${frames.length} frames`);
  });

  test("arrives whole and in order within its stream", () => {
    const write = fc.tuple(fc.constantFrom<OutputStream>("stdout", "stderr"), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.array(write), (writes) => {
        const { output, textOf } = record();
        for (const [stream, text] of writes) assert.equal(output.write(stream, text), true);
        output.flush();
        for (const stream of ["stdout", "stderr"] as const) {
          const expected = writes.flatMap(([of, text]) => (of === stream ? [text.toWellFormed()] : []));
          assert.equal(textOf(stream), expected.join(""));
        }
      }),
    );
  });

  test("is cut at the limit, between two characters", () => {
    const { output, textOf } = record();
    assert.equal(output.write("stdout", "x".repeat(limits.outputBytesMax - 4)), true);
    assert.equal(output.write("stderr", "€€"), false);
    output.flush();
    assert.equal(textOf("stderr"), "€");
    assert.equal(output.write("stdout", "x"), false);
    output.flush();
    assert.ok(utf8Length(textOf("stdout") + textOf("stderr")) <= limits.outputBytesMax);
  });

  test("is well-formed, whatever the guest makes of its strings", () => {
    const { output, textOf } = record();
    output.write("stdout", "\ud83d");
    assert.equal(textOf("stdout"), "\ufffd");
  });
});
