import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { packFrames } from "./frames.ts";

test("every message arrives once and in order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(), text: fc.string() }, { noNullPrototype: true })),
      (messages) => {
        const frames = [...packFrames(messages.map((message) => JSON.stringify(message)))];
        const arrived = frames.flatMap((frame) => {
          const parsed: unknown = JSON.parse(frame);
          return Array.isArray(parsed) ? parsed : [parsed];
        });
        assert.deepEqual(arrived, messages);
      },
    ),
  );
});

test("one message travels as itself, and none makes no frame", () => {
  assert.deepEqual([...packFrames(['{"a":1}'])], ['{"a":1}']);
  assert.deepEqual([...packFrames([])], []);
});

test("large messages do not share a frame", () => {
  const large = JSON.stringify("x".repeat(700 * 1024));
  assert.deepEqual(
    [...packFrames([large, large, "1", "2"])].map((frame) => frame.length),
    [large.length, large.length + 6],
  );
});
