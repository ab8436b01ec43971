import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clipUtf8, fitsUtf8, utf8Length } from "./utf8.ts";

const text = fc.string({ unit: "grapheme" });

test("a text fits when its bytes do", () => {
  fc.assert(
    fc.property(text, fc.nat(60), (each, bytes) => {
      assert.equal(utf8Length(each), Buffer.byteLength(each));
      assert.equal(fitsUtf8(each, bytes), Buffer.byteLength(each) <= bytes);
    }),
  );
});

test("a clipped text is the longest beginning that fits, with no character cut in two", () => {
  fc.assert(
    fc.property(text, fc.nat(40), (each, bytes) => {
      let longest = "";
      for (const character of each) {
        if (Buffer.byteLength(longest + character) > bytes) break;
        longest += character;
      }
      assert.equal(clipUtf8(each, bytes), longest);
    }),
  );
});
