import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FileContents } from "./file-contents.ts";

/** Lengths and places around the edges of blocks. */
const place = fc.oneof(
  fc.nat({ max: 300_000 }),
  fc.constantFrom(0, 65_535, 65_536, 65_537, 131_072, 131_071),
);
const bytes = fc.tuple(fc.nat({ max: 200_000 }), fc.integer({ min: 1, max: 255 }));
const step = fc.oneof(
  fc.record({ op: fc.constant("write" as const), at: place, bytes }),
  fc.record({ op: fc.constant("resize" as const), size: place }),
  fc.record({ op: fc.constant("read" as const), at: place, length: place }),
);

test("Contents are what was written, whatever the order of writing, cutting and reading.", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const contents = new FileContents();
      let model = new Uint8Array(0);
      const resizeModel = (size: number) => {
        const next = new Uint8Array(size);
        next.set(model.subarray(0, size));
        model = next;
      };
      for (const each of steps) {
        if (each.op === "write") {
          const data = new Uint8Array(each.bytes[0]).fill(each.bytes[1]);
          contents.write(each.at, data);
          if (each.at + data.length > model.length) resizeModel(each.at + data.length);
          model.set(data, each.at);
        } else if (each.op === "resize") {
          contents.resize(each.size);
          resizeModel(each.size);
        } else {
          const into = new Uint8Array(each.length).fill(0xee);
          const count = contents.read(each.at, into);
          const expected = model.subarray(each.at, each.at + each.length);
          assert.equal(count, expected.length);
          assert.deepEqual(into.subarray(0, count), expected);
        }
      }
      assert.equal(contents.size, model.length);
      const all = new Uint8Array(contents.size);
      contents.read(0, all);
      assert.deepEqual(all, model);
    }),
    { numRuns: 60 },
  );
});

test("What writing costs is given back when the file is cut, and a hole costs nothing.", () => {
  const contents = new FileContents();
  const cost = contents.costOf(1_000_000, 100_000);
  assert.equal(cost, 2 * 65_536, "the write touches two blocks");
  contents.write(1_000_000, new Uint8Array(100_000));
  assert.equal(contents.costOf(1_000_000, 100_000), 0);
  assert.equal(contents.resize(0), cost);
});

test("Shared contents are read from the bytes themselves.", () => {
  const bytes = new Uint8Array(150_000).map((_, i) => i % 251);
  const contents = FileContents.of(bytes);
  const into = new Uint8Array(200_000);
  assert.equal(contents.read(10, into), 149_990);
  assert.deepEqual(into.subarray(0, 149_990), bytes.subarray(10));
});
