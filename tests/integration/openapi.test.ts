import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pathOf } from "../../src/http/openapi/document.ts";
import { memberMeanings } from "../../src/http/openapi/members.ts";
import { operations } from "../../src/http/openapi/operations.ts";
import { errorRegistry } from "../../src/protocol/errors.ts";
import { ApiDescription, type OpenApi } from "../support/api-description.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { routeSamples } from "../support/route-samples.ts";

const methods = new Set(["get", "put", "post", "delete"]);

describe("the API's description", async () => {
  let document: OpenApi;

  test("is OpenAPI 3.1 that every tool may read, and names no operation twice", async (t) => {
    const { api } = await bootOrchestrator(t);
    const response = await fetch(new URL("/openapi.json", api.url));
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    document = (await response.json()) as OpenApi;
    assert.match(document.openapi, /^3\.1\./);
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map((each) => each.operationId),
    );
    assert.equal(new Set(ids).size, ids.length);
    for (const item of Object.values(document.paths)) {
      for (const name of Object.keys(item)) assert.ok(methods.has(name), name);
    }
  });

  test("has every route that the server has, and no other", () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = Object.keys(routeSamples)
      .filter((name) => !name.startsWith("HEAD "))
      .map((name) => {
        const [method = "", url = ""] = name.split(" ");
        return `${method} ${pathOf(url)}`;
      });
    assert.deepEqual(described.sort(), [...new Set(served)].sort());
    assert.equal(Object.keys(operations).length, described.length);
  });

  test("says of each error what the registry says", () => {
    const problems = JSON.stringify(document.paths["/api/jobs/{id}"]?.delete?.responses["409"]);
    assert.ok(problems.includes(errorRegistry.job_ended.summary));
  });

  test("says what members are for, and of none that are not there", () => {
    const text = JSON.stringify(document);
    const unheard = Object.entries(memberMeanings).filter(
      ([name, meaning]) => !text.includes(`"${name}"`) || !text.includes(JSON.stringify(meaning)),
    );
    assert.deepEqual(unheard, []);
  });

  test("has shapes that JSON Schema takes", () => {
    const description = new ApiDescription(document);
    assert.equal(description.pathOf("/api/jobs/abc?wait=1"), "/api/jobs/{id}");
    assert.equal(description.pathOf("/api/jobs/abc/events"), "/api/jobs/{id}/events");
    assert.equal(description.pathOf("/api/deploy/alice/a/b"), "/api/deploy/{namespace}/{path}");
    assert.equal(description.pathOf("/api/overview/events"), "/api/overview/events");
    const answered = { method: "GET", path: "/health", status: 200, type: "application/json" };
    assert.equal(description.fault({ ...answered, body: '{"status":"ok"}' }), undefined);
    assert.match(description.fault({ ...answered, body: '{"status":"bad"}' }) ?? "", /schema does not allow/);
    assert.match(description.fault({ ...answered, status: 418, body: "{}" }) ?? "", /not declared/);
  });
});
