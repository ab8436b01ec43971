/** What the routes answer to good requests is what /openapi.json says they do, to the last field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { problemSchema } from "../../src/protocol/problem.ts";
import { adminHeaders, lockedEnv } from "../support/access.ts";
import { ApiDescription, assertDescribed, type OpenApi } from "../support/api-description.ts";
import { bootFunctions } from "../support/functions.ts";
import { routeSamples } from "../support/route-samples.ts";

test("every route answers its sample as it is described", async (t) => {
  const desk = { ...(await bootFunctions(t, { env: lockedEnv })), admin: adminHeaders };
  const document = (await desk.api.get("/openapi.json")).json() as OpenApi;
  const description = new ApiDescription(document);
  for (const [key, make] of Object.entries(routeSamples)) {
    const { path, body, headers, status, streams, costly } = await make(desk);
    if (streams || costly) continue;
    const [method = ""] = key.split(" ");
    const answer = await desk.api.send(method, path, { body, headers: { ...headers, ...desk.admin } });
    assert.equal(answer.status, status, `${key}: ${answer.text}`);
    const type = [answer.headers["content-type"]].flat()[0];
    assertDescribed(description, { method, path, status, type, body: answer.text });
  }
});

test("every refusal is a problem in the words of the registry", async (t) => {
  const { api } = await bootFunctions(t, { env: lockedEnv });
  for (const path of ["/api/jobs", "/api/overview", "/api/none", "/api/jobs/x?wait=no"]) {
    problemSchema.strict().parse((await api.get(path)).json());
  }
});
