import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type FunctionRequest, functionLimits } from "../protocol/functions.ts";
import { AppError } from "../stdx/errors.ts";
import { functionRequestJson, type IncomingCall } from "./request.ts";

const base: IncomingCall = {
  method: "GET",
  path: "/alice/hello",
  search: "",
  headers: {},
  body: undefined,
  arrivedAt: 0,
};

function requestOf(changes: Partial<IncomingCall>, routeAt = 12): FunctionRequest {
  return JSON.parse(functionRequestJson({ ...base, ...changes }, routeAt));
}

test("a request without anything has every field", () => {
  assert.deepEqual(requestOf({}), {
    method: "GET",
    path: "/alice/hello",
    route: "",
    query: {},
    query_all: {},
    headers: {},
    body: "",
    is_base64: false,
  });
});

test("the route is what follows the function's path, as it was written", () => {
  const { path, route } = requestOf({ path: '/alice/hello/%C3%BC/"x"/' });
  assert.deepEqual([path, route], ['/alice/hello/%C3%BC/"x"/', '/%C3%BC/"x"/']);
});

test("of a name's values the last counts, and all are there", () => {
  const { query, query_all } = requestOf({ search: "a=1&b=&a=2&c&a=3&=x&&__proto__=p" });
  assert.deepEqual(Object.entries(query), [
    ["a", "3"],
    ["b", ""],
    ["c", ""],
    ["", "x"],
    ["__proto__", "p"],
  ]);
  assert.deepEqual(Object.entries(query_all)[0], ["a", ["1", "2", "3"]]);
  assert.deepEqual(query_all.c, [""]);
});

test("a query is decoded as forms are, and never fails", () => {
  const { query } = requestOf({ search: "q=a+b%2Bc%20d&%C3%BC=%e2%82%ac&bad=%zz%&cut=%e2%82&eq=a=b" });
  assert.deepEqual(query, { q: "a b+c d", ü: "€", bad: "%zz%", cut: "\ufffd", eq: "a=b" });
});

test("a query is read as the web reads it, wherever it is valid", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }))),
      (pairs) => {
        const search = new URLSearchParams(pairs).toString();
        const { query, query_all } = requestOf({ search });
        const expected = new URLSearchParams(search);
        for (const name of expected.keys()) {
          assert.deepEqual(Object.getOwnPropertyDescriptor(query_all, name)?.value, expected.getAll(name));
          assert.equal(Object.getOwnPropertyDescriptor(query, name)?.value, expected.getAll(name).at(-1));
        }
        assert.equal(Object.keys(query).length, new Set(expected.keys()).size);
      },
    ),
  );
});

test("headers are handed on as Node reads them, one text for each name", () => {
  const headers = { host: "x", "x-list": "1, 2", "set-cookie": ["a=1", "b=2"], gone: undefined };
  assert.deepEqual(requestOf({ headers }).headers, { host: "x", "x-list": "1, 2", "set-cookie": "a=1, b=2" });
});

test("a body that is UTF-8 is text, any other is base64, and both come back whole", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const body = Buffer.from(bytes);
        const request = requestOf({ body });
        assert.deepEqual(Buffer.from(request.body, request.is_base64 ? "base64" : "utf8"), body);
        let isText = true;
        try {
          new TextDecoder("utf-8", { fatal: true }).decode(body);
        } catch {
          isText = false;
        }
        assert.equal(request.is_base64, !isText);
      },
    ),
  );
});

test("a byte order mark is part of the body", () => {
  assert.equal(requestOf({ body: Buffer.from("\ufeffx") }).body, "\ufeffx");
});

test("a body of the greatest size passes, as text or as bytes", () => {
  const text = Buffer.alloc(functionLimits.bodyBytesMax, "ü");
  assert.equal(requestOf({ body: text }).body, text.toString());
  const bytes = Buffer.alloc(functionLimits.bodyBytesMax, 0xff);
  assert.equal(requestOf({ body: bytes }).is_base64, true);
});

test("a body that JSON would swell beyond its bound is refused", () => {
  assert.throws(
    () => requestOf({ body: Buffer.alloc(functionLimits.bodyBytesMax, 0) }),
    (error) => error instanceof AppError && error.code === "payload_too_large",
  );
});
