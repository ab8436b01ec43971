import assert from "node:assert/strict";
import { test } from "node:test";
import { withMeanings } from "./members.ts";

test("members say what they are for, however deep they stand, unless they said it themselves", () => {
  const schema = {
    anyOf: [{ type: "array", items: { type: "object", properties: { limit: { type: "integer" } } } }],
    properties: { q: { type: "string", description: "Its own." }, unheard: { type: "string" } },
    enum: ["limit"],
  };
  assert.deepEqual(withMeanings(schema), {
    anyOf: [
      {
        type: "array",
        items: {
          type: "object",
          properties: { limit: { description: "How many at most.", type: "integer" } },
        },
      },
    ],
    properties: { q: { type: "string", description: "Its own." }, unheard: { type: "string" } },
    enum: ["limit"],
  });
});
