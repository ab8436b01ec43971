import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Operation } from "./description.ts";
import { curlOf, sampleOf, samplesOf } from "./sample.ts";

const operation: Operation = {
  method: "PUT",
  path: "/api/db/{namespace}/{key}",
  operationId: "put",
  tags: ["Database"],
  summary: "Set a value",
  parameters: [
    { name: "namespace", in: "path", required: true, example: "alice" },
    { name: "key", in: "path", required: true },
    { name: "If-Match", in: "header" },
    { name: "mode", in: "query", required: true, example: "a b" },
  ],
  requestBody: { content: { "application/json": {} } },
  responses: {},
  security: [{ token: [] }],
};

describe("samples of what a schema allows", () => {
  test("hold what is required and nothing else", () => {
    const schema = {
      type: "object",
      properties: {
        id: { type: "string" },
        count: { type: "integer", minimum: 3 },
        kind: { enum: ["x", "y"] },
        tags: { type: "array", items: { type: "boolean" } },
        absent: { type: "string" },
      },
      required: ["id", "count", "kind", "tags"],
    };
    assert.deepEqual(sampleOf(schema, {}), { id: "…", count: 3, kind: "x", tags: [true] });
  });

  test("end where a shape holds itself", () => {
    const schemas = {
      Tree: {
        type: "object",
        properties: { next: { $ref: "#/components/schemas/Tree" } },
        required: ["next"],
      },
    };
    assert.match(JSON.stringify(sampleOf({ $ref: "#/components/schemas/Tree" }, schemas)), /null\}+$/);
  });

  test("are those of the description where it has some", () => {
    const examples = { Lua: { value: { code: "return 1" } } };
    assert.deepEqual(samplesOf({ schema: { type: "string" }, examples }, {}), [
      { name: "Lua", value: { code: "return 1" } },
    ]);
  });
});

describe("an operation as a command", () => {
  test("fills in the examples, names what is left to fill in, and quotes for a shell", () => {
    const text = curlOf(operation, {
      origin: "http://localhost:8000",
      body: { value: "it's" },
      withToken: true,
    });
    assert.equal(
      text,
      [
        'curl -X PUT "http://localhost:8000/api/db/alice/KEY?mode=a%20b"',
        '-H "Authorization: Bearer $ZERVERLESS_TOKEN"',
        '-H "Content-Type: application/json"',
        `-d '{\n  "value": "it'\\''s"\n}'`,
      ].join(" \\\n  "),
    );
  });

  test("shows no token where none is asked for", () => {
    const text = curlOf(operation, { origin: "", body: {}, withToken: false });
    assert.doesNotMatch(text, /Authorization/);
  });
});
