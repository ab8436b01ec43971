import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ByteCache } from "./byte-cache.ts";

test("what was set lately is there, and what was deleted is not", () => {
  const cache = new ByteCache<string, number>(100);
  cache.set("a", 1, 10);
  cache.set("b", 2, 10);
  cache.delete("a");
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.bytes], [undefined, 2, 10]);
});

test("setting again replaces the value and its size", () => {
  const cache = new ByteCache<string, number>(100);
  cache.set("a", 1, 10);
  cache.set("a", 2, 20);
  assert.deepEqual([cache.get("a"), cache.bytes], [2, 20]);
});

test("what is too large is not kept, nor what it should have replaced", () => {
  const cache = new ByteCache<string, number>(100);
  cache.set("a", 1, 10);
  cache.set("a", 2, 51);
  assert.deepEqual([cache.get("a"), cache.bytes], [undefined, 0]);
});

test("what is read again and again outlives what is not", () => {
  const cache = new ByteCache<string, number>(100);
  cache.set("read", 0, 10);
  cache.set("left", 0, 10);
  for (let nth = 0; nth < 20; nth++) {
    cache.set(`new-${nth}`, nth, 10);
    assert.equal(cache.get("read"), 0);
  }
  assert.equal(cache.get("left"), undefined);
});

test("it never holds more bytes than it may, and counts them truly", () => {
  const step = fc.record({
    act: fc.constantFrom("set", "set", "get", "delete"),
    key: fc.nat(9),
    bytes: fc.nat(70),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (plan) => {
      const cache = new ByteCache<number, number>(100);
      const sizes = new Map<number, number>();
      for (const { act, key, bytes } of plan) {
        if (act === "set") {
          cache.set(key, bytes, bytes);
          sizes.set(key, bytes);
        } else if (act === "delete") {
          cache.delete(key);
        } else {
          const found = cache.get(key);
          if (found !== undefined) assert.equal(found, sizes.get(key));
        }
        assert.ok(cache.bytes <= 100);
      }
      for (const key of sizes.keys()) cache.delete(key);
      assert.equal(cache.bytes, 0);
    }),
  );
});
