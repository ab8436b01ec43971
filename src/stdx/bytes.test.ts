import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBytes } from "./bytes.ts";

test("sizes are read with and without units", () => {
  const sizes = {
    "0": 0,
    "1048576": 1048576,
    "1.5k": 1536,
    "512MiB": 536870912,
    "10 GB": 10737418240,
    "2tib": 2 ** 41,
  };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(parseBytes(text), bytes, text);
});

test("what is no size is none", () => {
  for (const text of ["", "x", "-1", "1.", "1q", "1 2", "1e3", "9999999999999999t"])
    assert.equal(parseBytes(text), undefined, text);
});
