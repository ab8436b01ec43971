import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Log, noLog } from "../../src/stdx/log.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("a\r\nb: c", "\0"),
);
const header = fc.oneof(
  fc.constantFrom(
    "content-type",
    "Content-Length",
    "transfer-encoding",
    "x-a",
    "X-A",
    "set-cookie",
    "__proto__",
  ),
  text,
);
const fineAnswer = fc.record(
  {
    status: fc.integer({ min: 200, max: 599 }),
    headers: fc.dictionary(fc.stringMatching(/^[A-Za-z-]{1,10}$/), fc.stringMatching(/^[ -~\u00e9]*$/)),
    body: fc.oneof(fc.string({ unit: "grapheme" }), fc.object()),
  },
  { requiredKeys: [] },
);
const almostAnswer = fc.record(
  {
    status: fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 190, max: 610 }) }, fc.jsonValue()),
    headers: fc.oneof(
      {
        weight: 3,
        arbitrary: fc.dictionary(header, fc.oneof(text, fc.double(), fc.array(text)), { maxKeys: 4 }),
      },
      fc.jsonValue(),
    ),
    body: fc.oneof(text, fc.jsonValue()),
    is_base64: fc.oneof(fc.boolean(), fc.jsonValue()),
  },
  { requiredKeys: [] },
);

test("whatever a function answers is passed on or a 502 that says why, and never our own fault", async (t) => {
  const defects: object[] = [];
  const log: Log = { ...noLog, error: (facts) => void defects.push(facts) };
  const { api, deploy } = await bootFunctions(t, { log });
  await deploy("/alice/x", "function handle(req) { return JSON.parse(req.body); }");
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fineAnswer, almostAnswer, almostAnswer, fc.jsonValue()), async (value) => {
      const answer = await api.post("/alice/x", JSON.stringify(value));
      const wanted =
        typeof value === "object" && value !== null && "status" in value ? (value.status ?? 200) : 200;
      if (answer.status !== wanted || answer.headers["content-security-policy"] === undefined) {
        assertProblem(answer, 502, "bad_function_response", /^The function's answer /);
      }
      assert.equal(answer.headers["set-cookie"], undefined);
      const kind = answer.headers["content-security-policy"] === undefined ? 502 : 200;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }),
    { numRuns: 400 },
  );
  assert.deepEqual(defects, []);
  assert.ok((seen.get(200) ?? 0) > 50 && (seen.get(502) ?? 0) > 100, `${[...seen]}`);
});
