import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraceparent, traceparentOf } from "./tracer.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

test("a traceparent is read and written", () => {
  for (const [flags, sampled] of [
    ["01", true],
    ["00", false],
    ["03", true],
  ] as const) {
    assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-${flags}`), { traceId, spanId, sampled });
  }
  assert.equal(traceparentOf({ traceId, spanId, sampled: true }), `00-${traceId}-${spanId}-01`);
});

test("a later version is read as far as it is known", () => {
  assert.deepEqual(parseTraceparent(`cc-${traceId}-${spanId}-01-what-comes`), {
    traceId,
    spanId,
    sampled: true,
  });
});

for (const text of [
  undefined,
  "",
  "x",
  `ff-${traceId}-${spanId}-01`,
  `00-${"0".repeat(32)}-${spanId}-01`,
  `00-${traceId}-${"0".repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${traceId}-${spanId}-0`,
  `00-${traceId}-${spanId}-01x`,
]) {
  test(`${JSON.stringify(text)} is no traceparent`, () => assert.equal(parseTraceparent(text), undefined));
}
