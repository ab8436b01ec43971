import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EventParser, type ServerSentEvent } from "./event-parser.ts";

function parse(...pieces: readonly string[]): ServerSentEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

test("an event has a name, an id and its lines of data", () => {
  assert.deepEqual(parse("event: log\nid: 7\ndata: one\ndata: two\n\n"), [
    { name: "log", id: "7", data: "one\ntwo" },
  ]);
});

test("an event that names nothing is a message, and keeps the last id", () => {
  assert.deepEqual(parse("id: 7\ndata: a\n\ndata: b\n\n"), [
    { name: "message", id: "7", data: "a" },
    { name: "message", id: "7", data: "b" },
  ]);
});

test("comments, unknown fields and events without data are passed over", () => {
  assert.deepEqual(parse(": hello\n\nevent: empty\n\nfoo: bar\ndata: a\n\n"), [
    { name: "message", id: "", data: "a" },
  ]);
});

test("one space after the colon is dropped, and a field without a colon is empty", () => {
  assert.deepEqual(parse("data:  a\ndata:b\ndata\n\n"), [{ name: "message", id: "", data: " a\nb\n" }]);
});

test("a byte order mark may begin the stream", () => {
  assert.equal(parse("\uFEFFdata: a\n\n")[0]?.data, "a");
  assert.deepEqual(parse("data: a\n\n\uFEFFdata: b\n\n").length, 1);
});

test("an id with a NUL is none", () => {
  assert.equal(parse("id: a\0b\ndata: x\n\n")[0]?.id, "");
});

test("an event whose empty line has not come is not told", () => {
  assert.deepEqual(parse("data: a\n"), []);
});

test("a stream says how long to wait before coming back, in digits alone", () => {
  const parser = new EventParser();
  parser.push("retry: 2500\n\nretry: 3x\n\n");
  assert.equal(parser.retryMs, 2500);
});

test("an event that grows beyond all bounds is refused", () => {
  const parser = new EventParser();
  const line = `data: ${"x".repeat(1024 * 1024)}\n`;
  assert.throws(() => {
    for (let lines = 0; lines < 100; lines++) parser.push(line);
  }, RangeError);
});

const text = fc.string({ unit: "binary" }).map((drawn) => drawn.replace(/[\r\n\0]/g, ""));
const event = fc.record({
  name: text.filter((name) => name !== ""),
  id: text,
  lines: fc.array(text, { minLength: 1 }),
});
const newline = fc.constantFrom("\n", "\r", "\r\n");

test("what is written is read, whatever ends the lines and however the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(event), newline, fc.array(fc.nat(), { maxLength: 20 }), (events, end, cuts) => {
      const written = events
        .map(({ name, id, lines }) =>
          [`event: ${name}`, `id: ${id}`, ...lines.map((line) => `data: ${line}`), "", ""].join(end),
        )
        .join("");
      const places = [...cuts.map((cut) => cut % (written.length + 1)), 0, written.length].sort(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((to, index) => written.slice(places[index], to));
      assert.deepEqual(
        parse(...pieces),
        events.map(({ name, id, lines }) => ({ name, id, data: lines.join("\n") })),
      );
    }),
  );
});
