import assert from "node:assert/strict";
import { test } from "node:test";
import { Feed } from "./feed.ts";

function make(bounds = { itemsMax: 3, weightMax: 100 }) {
  let left = 0;
  const feed = new Feed<string>(
    bounds,
    (missed) => `missed ${missed}`,
    () => left++,
  );
  return { feed, left: () => left };
}

test("what is pushed is read in order, whether it was there before or comes while the reader waits", async () => {
  const { feed, left } = make();
  feed.push("a");
  const items = feed[Symbol.asyncIterator]();
  assert.deepEqual(await items.next(), { done: false, value: "a" });
  const waiting = items.next();
  feed.push("b");
  assert.deepEqual(await waiting, { done: false, value: "b" });
  feed.push("c");
  feed.finish();
  feed.push("late");
  assert.deepEqual(await Array.fromAsync(items), ["c"]);
  assert.equal(left(), 1);
});

test("a reader that lets too many items wait gets the count of them, and then nothing", async () => {
  const { feed, left } = make();
  for (const item of ["a", "b", "c", "d", "e"]) feed.push(item);
  assert.equal(left(), 1);
  assert.deepEqual(await Array.fromAsync(feed), ["missed 4"]);
});

test("items also have a weight, which is given back as they are read", async () => {
  const { feed } = make({ itemsMax: 10, weightMax: 10 });
  const items = feed[Symbol.asyncIterator]();
  for (const item of ["a", "b", "c"]) {
    feed.push(item, 8);
    assert.equal((await items.next()).value, item);
  }
  feed.push("d", 8);
  feed.push("e", 8);
  assert.deepEqual(await Array.fromAsync(items), ["missed 2"]);
});

test("closing, disposal and breaking off the loop drop what waits", async () => {
  for (const end of [(feed: Feed<string>) => feed.close(), (feed: Feed<string>) => feed[Symbol.dispose]()]) {
    const { feed, left } = make();
    feed.push("a");
    end(feed);
    assert.deepEqual(await Array.fromAsync(feed), []);
    assert.equal(left(), 1);
  }
  const { feed, left } = make();
  feed.push("a");
  feed.push("b");
  for await (const _ of feed) break;
  assert.equal(left(), 1);
});
