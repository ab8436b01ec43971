import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import fc from "fast-check";
import { prefixRange } from "./prefix-range.ts";

/** Characters at the edges of UTF-8's lengths and of the surrogates, where orders differ. */
const edges = fc.constantFrom(
  "\0",
  "a",
  "b",
  "\x7f",
  "\x80",
  "\u07ff",
  "\u0800",
  "\ud7ff",
  "\ue000",
  "\uffff",
  "😀",
  "\u{10ffff}",
);
const text = fc.oneof(fc.string({ unit: edges, maxLength: 4 }), fc.string({ unit: "binary", maxLength: 4 }));

test("a range holds exactly the texts with the prefix that come behind the last page, in byte order", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE texts (text TEXT PRIMARY KEY) STRICT");
  const insert = database.prepare("INSERT INTO texts VALUES (?) ON CONFLICT DO NOTHING");
  const select = database.prepare("SELECT text FROM texts WHERE text >= ? AND text < ? ORDER BY text");
  fc.assert(
    fc.property(fc.array(text), text, fc.option(text, { nil: undefined }), (texts, prefix, after) => {
      database.exec("DELETE FROM texts");
      for (const each of texts) insert.run(each);
      const { from, until } = prefixRange(prefix, after);
      const expected = [...new Set(texts)]
        .map((each) => Buffer.from(each))
        .sort(Buffer.compare)
        .filter((bytes) => after === undefined || Buffer.compare(bytes, Buffer.from(after)) > 0)
        .map((bytes) => bytes.toString())
        .filter((each) => each.startsWith(prefix));
      assert.deepEqual(
        select.all(from, until).map((row) => row.text),
        expected,
      );
    }),
    { numRuns: 1000 },
  );
});
