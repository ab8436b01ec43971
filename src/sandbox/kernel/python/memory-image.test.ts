import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeSnapshot, encodeSnapshot, type MemoryImage, putBack, takeRuns } from "./memory-image.ts";

const memoryBytes = 64 * 4096;
const scribble = fc.array(
  fc.record({
    at: fc.nat({ max: memoryBytes - 1 }),
    length: fc.nat({ max: 20_000 }),
    value: fc.nat({ max: 255 }),
  }),
  { maxLength: 12 },
);

function memoryOf(marks: { at: number; length: number; value: number }[]): Uint8Array<ArrayBuffer> {
  const memory = new Uint8Array(memoryBytes);
  for (const { at, length, value } of marks) memory.fill(value, at, at + length);
  return memory;
}

const entries = { run: 3, load: 4, call: 5 };

function imageOf(memory: Uint8Array<ArrayBuffer>): MemoryImage {
  const runs = takeRuns(memory);
  return { memoryBytes, heapEnd: memoryBytes, stackPointer: 1, tableLength: 2, entries, runs };
}

test("Memory that was put back is the memory that was taken, whatever was in it since.", () => {
  fc.assert(
    fc.property(scribble, scribble, (before, after) => {
      const taken = memoryOf(before);
      const image = imageOf(taken);
      const memory = memoryOf(after);
      putBack(image, memory, memoryBytes);
      assert.deepEqual(memory, memoryOf(before));
    }),
  );
});

test("A snapshot comes back from its bytes, wherever they lie in their buffer.", () => {
  fc.assert(
    fc.property(scribble, fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 9 }), (marks, stdlib, offset) => {
      const image = imageOf(memoryOf(marks));
      const encoded = encodeSnapshot({ image, stdlib, wasmBytes: 7 });
      const moved = new Uint8Array(encoded.length + offset);
      moved.set(encoded, offset);
      const decoded = decodeSnapshot(moved.subarray(offset));
      assert.deepEqual(decoded.image, image);
      assert.deepEqual([...decoded.stdlib], [...stdlib]);
      assert.equal(decoded.wasmBytes, 7);
    }),
  );
});

test("A snapshot that was cut, or is something else, is refused.", () => {
  const encoded = encodeSnapshot({
    image: imageOf(memoryOf([{ at: 5, length: 9000, value: 1 }])),
    stdlib: new Uint8Array(10),
    wasmBytes: 7,
  });
  for (const length of [0, 3, 4, 20, encoded.length - 1]) {
    assert.throws(() => decodeSnapshot(encoded.slice(0, length)), Error, `cut to ${length} bytes`);
  }
  assert.throws(() => decodeSnapshot(new TextEncoder().encode("something else entirely")), TypeError);
});
