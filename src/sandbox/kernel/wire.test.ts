import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameDecoder, FrameWriter } from "./wire.ts";

const mebibyte = 1 << 20;
const decoder = new TextDecoder();
const done = (id: number) => ({ t: "done", id, epoch: 0, wallMs: 0.5 }) as const;

/** What comes out at the other end, cut into chunks of so many bytes. */
function received(bytes: Uint8Array, chunkBytes = bytes.length) {
  const frames = new FrameDecoder(64 * mebibyte);
  const found = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    // As pipes do, each chunk in memory of its own.
    for (const { header, payload } of frames.push(bytes.slice(at, at + chunkBytes))) {
      found.push({ header, payload: decoder.decode(payload) });
    }
  }
  return found;
}

test("frames arrive as they were added, however the pipe cuts them", () => {
  const writer = new FrameWriter();
  const payloads = [
    "",
    "{}",
    "Grüße, 世界, 🌍",
    "x".repeat(20_000),
    "é".repeat(20_000),
    "🌍".repeat(mebibyte),
  ];
  const wanted = payloads.map((payload, id) => ({ header: done(id), payload }));
  for (const chunkBytes of [undefined, 1000, 65_536]) {
    for (const { header, payload } of wanted) writer.add(header, payload);
    assert.deepEqual(received(writer.take(), chunkBytes), wanted);
  }
  writer.add(done(1), new Uint8Array([0x5b, 0x5d]));
  writer.add({ t: "ready" });
  assert.deepEqual(received(writer.take()), [
    { header: done(1), payload: "[]" },
    { header: { t: "ready" }, payload: "" },
  ]);
  assert.equal(writer.take().length, 0);
});

test("a text that ends right where the memory does is whole", () => {
  const writer = new FrameWriter();
  for (let chars = 1300; chars < 1400; chars++) {
    writer.add(done(1), "世".repeat(chars));
    assert.equal(received(writer.take())[0]?.payload.length, chars);
  }
});

test("a writer gives up the memory of a large frame", () => {
  const writer = new FrameWriter();
  writer.add(done(1), new Uint8Array(8 * mebibyte));
  assert.ok(writer.take().buffer.byteLength >= 8 * mebibyte);
  writer.add(done(2), "small");
  assert.ok(writer.take().buffer.byteLength < mebibyte);
});

test("a frame over the bound is refused before it is waited for", () => {
  const writer = new FrameWriter();
  writer.add(done(1), "x".repeat(2000));
  const start = writer.take().slice(0, 8);
  assert.throws(() => new FrameDecoder(1000).push(start), RangeError);
});
