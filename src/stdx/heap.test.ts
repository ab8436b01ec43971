import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Heap } from "./heap.ts";

class Item {
  heapAt = -1;
  key: number;

  constructor(key: number) {
    this.key = key;
  }
}

const steps = fc.array(
  fc.record({
    act: fc.constantFrom("push", "push", "pop", "move", "remove"),
    key: fc.nat(99),
    nth: fc.nat(99),
  }),
  { maxLength: 200 },
);

test("whatever joins, moves and leaves, the smallest comes out first", () => {
  fc.assert(
    fc.property(steps, (plan) => {
      const heap = new Heap<Item>((a, b) => a.key < b.key);
      const items: Item[] = [];
      const smallest = () => Math.min(...items.map(({ key }) => key));
      for (const { act, key, nth } of plan) {
        const item = items[nth % Math.max(1, items.length)];
        if (act === "push") {
          const made = new Item(key);
          items.push(made);
          heap.push(made);
        } else if (act === "pop") {
          const expected = smallest();
          const popped = heap.pop();
          assert.equal(popped?.key ?? Number.POSITIVE_INFINITY, expected);
          if (popped) items.splice(items.indexOf(popped), 1);
          assert.equal(popped?.heapAt ?? -1, -1);
        } else if (item && act === "move") {
          item.key = key;
          heap.moved(item);
        } else if (item) {
          items.splice(items.indexOf(item), 1);
          heap.remove(item);
          assert.equal(item.heapAt, -1);
        }
        assert.equal(heap.size, items.length);
        assert.equal(heap.peek()?.key ?? Number.POSITIVE_INFINITY, smallest());
      }
    }),
  );
});
