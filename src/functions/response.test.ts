import assert from "node:assert/strict";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { test } from "node:test";
import fc from "fast-check";
import { functionLimits } from "../protocol/functions.ts";
import { AppError } from "../stdx/errors.ts";
import { readAnswer } from "./response.ts";

const read = (value: unknown) => readAnswer(JSON.stringify(value));

test("an empty object is an empty 200", () => {
  assert.deepEqual(read({}), {
    status: 200,
    headers: [],
    asciiHeaders: true,
    body: "",
    bodyBytes: 0,
    type: "text/plain; charset=utf-8",
  });
});

test("null stands for what was left out", () => {
  assert.deepEqual(read({ status: null, headers: null, body: null, is_base64: null }), read({}));
});

test("text is text, counted in bytes", () => {
  const { body, bodyBytes, type } = read({ body: "grüße" });
  assert.deepEqual([body, bodyBytes, type], ["grüße", 7, "text/plain; charset=utf-8"]);
});

test("base64 becomes bytes", () => {
  const { body, bodyBytes, type } = read({ body: "/wD+", is_base64: true });
  assert.deepEqual([[...Buffer.from(body)], bodyBytes, type], [[255, 0, 254], 3, "application/octet-stream"]);
});

test("an object is sent as its author's runtime wrote it", () => {
  const { body, type } = readAnswer('{"body": {"id": 12345678901234567890, "b":[1.0]} ,"status":201}');
  assert.deepEqual(
    [body, type],
    ['{"id": 12345678901234567890, "b":[1.0]}', "application/json; charset=utf-8"],
  );
  assert.equal(read({ body: [1, 2] }).body, "[1,2]");
});

test("of a field that is there twice the last counts, as everywhere in JSON", () => {
  assert.equal(readAnswer('{"body":"a","body":{"b":1}}').body, '{"b":1}');
});

test("headers may be text, numbers or lists of them, and an empty list is none", () => {
  const headers = { "Content-Type": "text/html", "X-N": 5, "X-List": ["a", 1.5], "x-none": [] };
  assert.deepEqual(read({ headers }).headers, [
    "content-type",
    "text/html",
    "x-n",
    "5",
    "x-list",
    "a",
    "x-list",
    "1.5",
  ]);
  assert.deepEqual(read({ headers: [] }).headers, []);
});

test("values of Latin-1 are told from those of ASCII", () => {
  assert.equal(read({ headers: { a: "é" } }).asciiHeaders, false);
  assert.equal(read({ headers: { a: "e\t~" } }).asciiHeaders, true);
});

const wrong: readonly (readonly [answer: unknown, sentence: RegExp])[] = [
  [undefined, /^The function's answer is nothing\. It must be an object/],
  [null, /is null/],
  ["Hello", /is text/],
  [42, /is a number/],
  [true, /is true/],
  [[1], /is a list/],
  [{ statusCode: 404 }, /unknown field "statusCode"/],
  [{ status: "200" }, /status that is text/],
  [{ status: 99 }, /status that is 99/],
  [{ status: 100 }, /from 200 to 599/],
  [{ status: 101 }, /from 200 to 599/],
  [{ status: 600 }, /600/],
  [{ status: 200.5 }, /whole number/],
  [{ status: true }, /status that is true/],
  [{ headers: "x" }, /headers that are text/],
  [{ headers: [["a", "b"]] }, /headers that are a list/],
  [{ headers: { "a b": "x" } }, /whose name is not one that HTTP can carry: "a b"/],
  [{ headers: { "": "x" } }, /whose name/],
  [{ headers: { "a:\r\nb": "x" } }, /whose name/],
  [{ headers: { a: "x\r\nSet-Cookie: y" } }, /header "a" with a character/],
  [{ headers: { a: "x\ny" } }, /line break/],
  [{ headers: { a: "\0" } }, /cannot carry/],
  [{ headers: { a: "→" } }, /cannot carry/],
  [{ headers: { a: null } }, /header "a" that is null/],
  [{ headers: { a: { b: 1 } } }, /header "a" that is an object/],
  [{ headers: { a: [["x"]] } }, /header "a" that is a list/],
  [{ headers: { a: ["x", "y\r"] } }, /cannot carry/],
  [{ headers: { a: true } }, /header "a" that is true/],
  [{ headers: { a: "x".repeat(functionLimits.headersBytesMax) } }, /headers of more than 32768 bytes/],
  [{ body: 5 }, /body that is a number/],
  [{ body: true }, /body that is true/],
  [{ is_base64: "yes" }, /is_base64 that is neither/],
  [{ body: "/wD", is_base64: 1 }, /is_base64 that is neither/],
  [{ body: "no base64!", is_base64: true }, /not base64/],
  [{ body: {}, is_base64: true }, /no text/],
  [{ body: "x".repeat(functionLimits.bodyBytesMax + 1) }, /body of more than/],
  [{ body: "é".repeat(functionLimits.bodyBytesMax / 2 + 1) }, /body of more than/],
];

function refusalOf(json: string | undefined): AppError {
  try {
    readAnswer(json);
  } catch (error) {
    assert.ok(error instanceof AppError, `${error}`);
    return error;
  }
  throw new Error("nothing was refused");
}

for (const [answer, sentence] of wrong) {
  const json = JSON.stringify(answer);
  test(`the answer ${json?.slice(0, 50)} is refused with what is wrong with it`, () => {
    const { code, message } = refusalOf(json);
    assert.equal(code, "bad_function_response");
    assert.match(message, sentence);
    assert.match(message, /^The function's answer .*\.$/);
  });
}

test("what is no JSON, or nests without end, is refused like any other answer", () => {
  for (const json of ["", "{", "undefined", "NaN"]) assert.match(refusalOf(json).message, /is not JSON/);
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  assert.match(refusalOf(`{"body":${deep}}`).message, /nests deeper/);
  for (const json of [deep, `{"headers":${deep}}`, `{"headers":{"a":${deep}}}`, `{"status":${deep}}`]) {
    assert.equal(refusalOf(json).code, "bad_function_response");
  }
});

test("whatever a handler answers is either something HTTP can carry or refused with a sentence", () => {
  const header = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("x-a", "Content-Type"));
  const almost = fc.record(
    {
      status: fc.oneof(fc.integer({ min: 90, max: 610 }), fc.jsonValue()),
      headers: fc.oneof(
        fc.dictionary(header, fc.oneof(header, fc.array(header), fc.double())),
        fc.jsonValue(),
      ),
      body: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
      is_base64: fc.oneof(fc.boolean(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(almost, fc.jsonValue()), (value) => {
      let answer: ReturnType<typeof readAnswer>;
      try {
        answer = read(value);
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === "bad_function_response", `${error}`);
        return;
      }
      assert.ok(answer.status >= 200 && answer.status <= 599);
      assert.equal(Buffer.from(answer.body).length, answer.bodyBytes);
      for (let at = 0; at < answer.headers.length; at += 2) {
        validateHeaderName(answer.headers[at] ?? "");
        validateHeaderValue("x", answer.headers[at + 1] ?? "\n");
      }
    }),
    { numRuns: 2000 },
  );
});
