/** What the routes answer is what the protocol says they do, to the last field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { answers } from "../../src/protocol/answers.ts";
import { problemSchema } from "../../src/protocol/problem.ts";
import { adminHeaders, lockedEnv } from "../support/access.ts";
import { bootFunctions } from "../support/functions.ts";
import { routeSamples } from "../support/route-samples.ts";

/** Whether the routes' own pages, files, modules and streams are meant: those answer with no JSON of ours. */
const otherAnswers =
  /^(?:DELETE |GET \/(?:$|assets|dashboard|volunteer|static|ipfs|metrics|favicon|robots|ws))|\/events$|^GET \/api\/storage\/:namespace\/\*$/;

test("every route that answers with JSON has a schema of its answers", () => {
  const without = Object.keys(routeSamples).filter((key) => !(key in answers) && !otherAnswers.test(key));
  assert.deepEqual(without, []);
});

test("every answer has the fields of its schema and no other", async (t) => {
  const desk = { ...(await bootFunctions(t, { env: lockedEnv })), admin: adminHeaders };
  for (const [key, schema] of Object.entries(answers)) {
    const make = routeSamples[key];
    assert.ok(make, `${key} is described and is no route`);
    const { path, body, headers, status } = await make(desk);
    const [method = ""] = key.split(" ");
    const answer = await desk.api.send(method, path, { body, headers: { ...headers, ...desk.admin } });
    assert.equal(answer.status, status, `${key}: ${answer.text}`);
    const read = strict(schema).safeParse(answer.json());
    assert.ok(read.success, `${key}: ${read.error?.message} in ${answer.text}`);
  }
});

test("every refusal is a problem in the words of the registry", async (t) => {
  const { api } = await bootFunctions(t, { env: lockedEnv });
  for (const path of ["/api/jobs", "/api/overview", "/api/none", "/api/jobs/x?wait=no"]) {
    strict(problemSchema).parse((await api.get(path)).json());
  }
});

/** Refuses fields that the schema does not know, at its top; what is nested is checked where it is defined. */
function strict(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodObject ? schema.strict() : schema;
}
