import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Deque } from "./deque.ts";

test("it does what an array does, only faster", () => {
  const step = fc.oneof(
    fc.record({ op: fc.constantFrom("pushBack", "pushFront"), item: fc.nat(99) }),
    fc.record({ op: fc.constantFrom("popFront", "filter"), item: fc.nat(99) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const deque = new Deque<number>();
      let model: number[] = [];
      for (const { op, item } of steps) {
        if (op === "pushBack") {
          deque.pushBack(item);
          model.push(item);
        } else if (op === "pushFront") {
          deque.pushFront(item);
          model.unshift(item);
        } else if (op === "popFront") {
          assert.equal(deque.popFront(), model.shift());
        } else {
          deque.filter((each) => each > item);
          model = model.filter((each) => each > item);
        }
        assert.deepEqual([...deque], model);
        assert.equal(deque.size, model.length);
        assert.equal(deque.at(1), model[1]);
      }
    }),
  );
});

test("a long queue that empties gives its memory back and stays in order", () => {
  const deque = new Deque<number>();
  for (let item = 0; item < 10_000; item++) deque.pushBack(item);
  for (let item = 0; item < 10_000; item++) assert.equal(deque.popFront(), item);
  assert.equal(deque.popFront(), undefined);
});
