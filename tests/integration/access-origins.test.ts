/** Pages of other sites, and the host on which users' content stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { adminHeaders, lockedEnv } from "../support/access.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { refusedUpgrade, VolunteerSocket } from "../support/volunteer-socket.ts";

const guest = "https://app.example.com";
const stranger = "https://evil.example.com";
const preflight = {
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization",
};
const job = { job_type: "js", code: "1" };

test("no page of another site reads an answer of the API", async (t) => {
  const { api } = await bootOrchestrator(t, { env: lockedEnv });
  for (const path of ["/api/jobs", "/info", "/api/access"]) {
    const answer = await api.get(path, { ...adminHeaders, origin: stranger });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
  }
  const asked = await api.send("OPTIONS", "/api/jobs", { headers: { ...preflight, origin: stranger } });
  assert.equal(asked.headers["access-control-allow-origin"], undefined);
  assertProblem(
    await api.post("/api/jobs", job, { ...adminHeaders, origin: stranger }),
    403,
    "forbidden_origin",
  );
});

test("pages of invited origins may use the API, with a token of their own", async (t) => {
  const { api, volunteerUrl } = await bootOrchestrator(t, {
    env: { ...lockedEnv, CORS_ORIGINS: `http://127.0.0.1:1, ${guest}` },
  });
  const asked = await api.send("OPTIONS", "/api/jobs", { headers: { ...preflight, origin: guest } });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers["access-control-allow-origin"], guest);
  assert.equal(asked.headers["access-control-allow-credentials"], undefined);
  assert.match(String(asked.headers["access-control-allow-headers"]), /authorization/);
  assert.match(String(asked.headers["access-control-allow-methods"]), /DELETE/);
  const answer = await api.post("/api/jobs", job, {
    ...adminHeaders,
    origin: guest,
    "sec-fetch-site": "cross-site",
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers["access-control-allow-origin"], guest);
  assert.equal(answer.headers.vary, "origin");
  const refused = await api.post("/api/jobs", job, { origin: guest });
  assertProblem(refused, 401, "unauthorized");
  assert.equal(refused.headers["access-control-allow-origin"], guest, "so that the page can read why");
  const uninvited = await api.send("OPTIONS", "/api/jobs", { headers: { ...preflight, origin: stranger } });
  assert.equal(uninvited.headers["access-control-allow-origin"], undefined);
  await using socket = await VolunteerSocket.open(volunteerUrl, {
    headers: { ...adminHeaders, origin: guest },
  });
  assert.equal(socket.webSocket.readyState, socket.webSocket.OPEN);
  const foreign = await refusedUpgrade(volunteerUrl, { headers: { ...adminHeaders, origin: stranger } });
  assert.partialDeepStrictEqual(foreign, [403, { code: "forbidden_origin" }]);
});

test("functions set CORS as they like", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy(
    "/alice/cors",
    `const handle = ({ method }) => ({ status: method === "OPTIONS" ? 204 : 200, headers: { "access-control-allow-origin": "*" } })`,
  );
  for (const method of ["OPTIONS", "POST"]) {
    const answer = await api.send(method, "/alice/cors", { headers: { ...preflight, origin: stranger } });
    assert.equal(answer.headers["access-control-allow-origin"], "*", method);
  }
});

test("a host for content serves users' content alone and whole, and the other one none", async (t) => {
  const { api, deploy } = await bootFunctions(t, { env: { CONTENT_HOST: "content.localhost" } });
  assert.partialDeepStrictEqual((await api.get("/info")).json(), { content_host: "content.localhost" });
  const page = `const handle = () => ({ headers: { "set-cookie": "a=1", "content-type": "text/html", "service-worker-allowed": "/", connection: "close" }, body: "<p>" })`;
  const view = await deploy("/alice/page", page);
  assert.equal(view.url, "http://content.localhost/alice/page");
  const stored = await api.send("PUT", "/api/storage/alice/index.html", { body: "<p>" });
  assert.partialDeepStrictEqual(stored.json(), { url: "http://content.localhost/static/alice/index.html" });

  const onContent = { host: "content.localhost:1234" };
  const served = await api.get("/alice/page", onContent);
  assert.equal(served.status, 200, served.text);
  assert.equal(served.headers["content-security-policy"], undefined);
  assert.deepEqual(served.headers["set-cookie"], ["a=1"]);
  assert.equal(served.headers["service-worker-allowed"], undefined);
  const file = await api.get("/static/alice/", onContent);
  assert.deepEqual([file.status, file.headers["content-security-policy"]], [200, undefined]);
  for (const path of ["/api/jobs", "/dashboard/", "/info", "/api/access", "/"]) {
    assertProblem(await api.get(path, onContent), 404, "not_found");
  }
  assertProblem(await api.post("/api/jobs", job, onContent), 404, "not_found");

  assertProblem(await api.get("/alice/page"), 404, "not_found");
  assertProblem(await api.get("/static/alice/"), 404, "not_found");
  assert.equal((await api.get("/api/jobs")).status, 200);
});

test("volunteers have no door on the host for content, where users' pages would pass for ours", async (t) => {
  const { volunteerUrl } = await bootOrchestrator(t, { env: { CONTENT_HOST: "content.localhost" } });
  const headers = { host: "content.localhost", origin: "http://content.localhost" };
  const refused = await refusedUpgrade(volunteerUrl, { headers });
  assert.partialDeepStrictEqual(refused, [404, { code: "not_found" }]);
});

test("behind a proxy that is ours, the host and the scheme are those that the visitor used", async (t) => {
  const env = { ...lockedEnv, TRUST_PROXY: "127.0.0.1", CONTENT_HOST: "content.example.com" };
  const { api } = await bootFunctions(t, { env });
  const proxied = { "x-forwarded-host": "compute.example.com", "x-forwarded-proto": "https" };
  const own = { ...adminHeaders, ...proxied, origin: "https://compute.example.com" };
  const code = "const handle = () => ({ body: 'x' })";
  const made = await api.post("/api/deploy/alice/f", { runtime: "js", code }, own);
  assert.equal(made.status, 201, made.text);
  assert.partialDeepStrictEqual(made.json(), { url: "https://content.example.com/alice/f" });
  assert.equal((await api.get("/alice/f", { "x-forwarded-host": "content.example.com" })).text, "x");
  const foreign = await api.post("/api/jobs", job, { ...own, origin: "https://evil.example.com" });
  assertProblem(foreign, 403, "forbidden_origin");
});

test("nobody else's word on the host is taken", async (t) => {
  const { api } = await bootFunctions(t, { env: { ...lockedEnv, CONTENT_HOST: "content.example.com" } });
  assertProblem(
    await api.get("/static/alice/", { "x-forwarded-host": "content.example.com" }),
    404,
    "not_found",
    /Nothing/,
  );
});

test("without a host for content, it is sandboxed beside the API", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/page", `const handle = () => ({ headers: { "set-cookie": "a=1" }, body: "x" })`);
  const served = await api.get("/alice/page");
  assert.match(String(served.headers["content-security-policy"]), /^sandbox /);
  assert.equal(served.headers["set-cookie"], undefined);
});
