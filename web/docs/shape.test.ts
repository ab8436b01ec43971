import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonSchema, Schemas } from "./description.ts";
import { type Shape, shapeOf } from "./shape.ts";

const schemas: Schemas = {
  Tree: {
    type: "object",
    description: "Grows.",
    properties: { height: { type: "integer", minimum: 0 }, next: { $ref: "#/components/schemas/Tree" } },
    required: ["height"],
  },
};
const read = (schema: JsonSchema): Shape => shapeOf(schema, schemas);
const told = (schema: JsonSchema) => [read(schema).words, ...read(schema).limits];

describe("schemas in words", () => {
  test("types and limits", () => {
    const cases: readonly (readonly [JsonSchema, readonly string[]])[] = [
      [{}, ["any value"]],
      [{ type: "integer", minimum: 16, maximum: 4096 }, ["integer", "16 to 4,096"]],
      [{ type: "number", exclusiveMinimum: 0 }, ["number", "above 0"]],
      [{ type: "integer", minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, ["integer"]],
      [{ type: "string", enum: ["js", "lua"] }, ["string", '"js", "lua"']],
      [{ type: "string", pattern: "^b" }, ["string", "matches ^b"]],
      [{ type: "string", format: "date-time", pattern: "^long$" }, ["string", "date-time"]],
      [{ type: "string", minLength: 1 }, ["string", "at least 1 characters"]],
      [{ type: ["string", "null"] }, ["string or null"]],
      [{ const: 7 }, ["7"]],
      [{ type: "boolean", default: false }, ["boolean", "default false"]],
      [{ type: "object", additionalProperties: { type: "string" } }, ["object with any names"]],
    ];
    assert.deepEqual(
      cases.map(([schema]) => told(schema)),
      cases.map(([, words]) => words),
    );
  });

  test("a list says what it is of, and how long it may be", () => {
    assert.deepEqual(told({ type: "array", maxItems: 9, items: { type: "string", maxLength: 3 } }), [
      "list of strings",
      "at most 9 entries",
      "each at most 3 characters",
    ]);
  });

  test("a reference is told by its name, with the members of what it names, however often it holds itself", () => {
    const shape = read({ $ref: "#/components/schemas/Tree" });
    assert.deepEqual([shape.words, shape.description], ["Tree", "Grows."]);
    assert.deepEqual(
      shape.members.map(({ name, required }) => [name, required]),
      [
        ["height", true],
        ["next", false],
      ],
    );
    assert.equal(shape.members[1]?.shape().members[1]?.shape().words, "Tree");
    assert.equal(read({ $ref: "#/components/schemas/Missing" }).words, "any value");
  });

  test("what may be null is itself or null", () => {
    const tree = { $ref: "#/components/schemas/Tree" };
    const shape = read({ anyOf: [tree, { type: "null" }] });
    assert.deepEqual([shape.words, shape.members.length, shape.variants.length], ["Tree or null", 2, 0]);
  });

  test("choices within a choice are one choice", () => {
    const one: JsonSchema = { type: "object", properties: { kind: { const: "one" } } };
    const two: JsonSchema = { type: "object", properties: { kind: { const: "two" } } };
    const shape = read({ anyOf: [{ oneOf: [one, two] }, { type: "array", items: {} }] });
    assert.equal(shape.words, "object or list of any values");
    assert.deepEqual(
      shape.variants.map(({ words }) => words),
      ["object", "object", "list of any values"],
    );
  });
});
