import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { DeploymentDetail, DeploymentView } from "../../src/protocol/functions.ts";
import { deploymentDetailSchema, functionLimits } from "../../src/protocol/functions.ts";
import { limits } from "../../src/protocol/limits.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import type { Answer, Sent } from "../support/api.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";

const hello = 'function handle(req) { return { body: "Hello" }; }';
const saying = (text: string) => `function handle() { return { body: ${JSON.stringify(text)} }; }`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const detailOf = (answer: Answer) => answer.json() as DeploymentDetail;

test("a deployment is answered with what it is and where it answers, and answers there", async (t) => {
  const clock = new ManualClock();
  const { api, url, functions } = await bootFunctions(t, { clock });
  const answer = await api.post("/api/deploy/alice/api/hello", {
    runtime: "js",
    code: hello,
    timeout_seconds: 2.5,
    memory_mb: 64,
    env: { API_KEY: "secret", B: "" },
    placement: "internal",
    auth: "public",
  });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers.location, "/api/deploy/alice/api/hello");
  const view: DeploymentView = {
    user: "alice",
    path: "api/hello",
    runtime: "js",
    revision: 1,
    url: new URL("/alice/api/hello", url).href,
    created_at: new Date(clock.now()).toISOString(),
    timeout_seconds: 2.5,
    memory_mb: 64,
    placement: "internal",
    auth: "public",
    env_names: ["API_KEY", "B"],
  };
  assert.deepEqual(answer.json(), view);
  assert.equal((await api.get("/alice/api/hello")).text, "Hello");
  const shown = await api.get("/api/deploy/alice/api/hello");
  const { last_hour: _, ...detail } = deploymentDetailSchema.strict().parse(shown.json());
  assert.deepEqual(detail, {
    ...view,
    code: hello,
    wasm_cid: null,
    revisions: [{ revision: 1, runtime: "js", created_at: view.created_at, digest: sha256(hello) }],
  });
  assert.ok(!shown.text.includes("secret"), "values are never shown again");
  const { revision } = functions.seen[0] ?? {};
  assert.partialDeepStrictEqual(revision, {
    namespace: "alice",
    path: "api/hello",
    number: 1,
    env: { API_KEY: "secret", B: "" },
    timeoutMs: 2500,
    memoryMb: 64,
    placement: "internal",
  });
});

test("what is not said has its defaults: Lua, ten seconds, trusted volunteers", async (t) => {
  const { api } = await bootFunctions(t);
  const answer = await api.post("/api/deploy/alice/hello", { code: "function handle(req) end" });
  assert.partialDeepStrictEqual(answer.json(), {
    runtime: "lua",
    timeout_seconds: 10,
    memory_mb: 256,
    placement: "trusted",
    env_names: [],
  });
});

test("revisions go up, back and forward, and calls go with them at once", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/hello", saying("one"));
  assert.equal((await deploy("/alice/hello", saying("two"))).revision, 2);
  assert.equal((await api.get("/alice/hello")).text, "two");
  const back = await api.send("PUT", "/api/deploy/alice/hello", { body: { revision: 1 } });
  assert.equal(back.status, 200);
  assert.partialDeepStrictEqual(back.json(), { revision: 1, path: "hello" });
  assert.equal((await api.get("/alice/hello")).text, "one");
  await api.send("PUT", "/api/deploy/alice/hello", { body: { revision: 2 } });
  assert.equal((await api.get("/alice/hello")).text, "two");
  const detail = detailOf(await api.get("/api/deploy/alice/hello"));
  assert.deepEqual(
    detail.revisions.map(({ revision }) => revision),
    [2, 1],
  );
  const again = await api.send("PUT", "/api/deploy/alice/hello", { body: { revision: 2 } });
  assert.equal(again.status, 200);
  assert.equal(functions.retired.length, 3, "what is current stays warm");
  assertProblem(
    await api.send("PUT", "/api/deploy/alice/hello", { body: { revision: 3 } }),
    404,
    "revision_not_found",
    /no revision 3/,
  );
});

test("a removed function is gone, and its path begins again at revision 1", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/hello", saying("first"));
  await deploy("/alice/hello", saying("second"));
  const removed = await api.send("DELETE", "/api/deploy/alice/hello");
  assert.deepEqual([removed.status, removed.text], [204, ""]);
  assertProblem(await api.get("/alice/hello"), 404, "function_not_found");
  for (const method of ["GET", "DELETE"]) {
    assertProblem(await api.send(method, "/api/deploy/alice/hello"), 404, "function_not_found");
  }
  assertProblem(
    await api.send("PUT", "/api/deploy/alice/hello", { body: { revision: 1 } }),
    404,
    "function_not_found",
  );
  assert.equal((await deploy("/alice/hello", saying("third"))).revision, 1);
  assert.equal((await api.get("/alice/hello")).text, "third");
  assert.equal(new Set(functions.retired).size, 2);
});

test("deployments are listed by namespace and path, by pages", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  for (const path of ["/bob/x", "/alice/b", "/alice/a/b"]) await deploy(path, hello);
  const list = async (query: string) => {
    const { deployments, total } = (await api.get(`/api/deploy${query}`)).json() as {
      deployments: DeploymentView[];
      total: number;
    };
    return [total, ...deployments.map(({ user, path }) => `${user}/${path}`)];
  };
  assert.deepEqual(await list(""), [3, "alice/a/b", "alice/b", "bob/x"]);
  assert.deepEqual(await list("?namespace=alice&limit=1&offset=1"), [2, "alice/b"]);
  assertProblem(await api.get("/api/deploy?limit=0"), 400, "invalid_request", /limit/);
  assertProblem(await api.get("/api/deploy?page=1"), 400, "invalid_request", /page/);
});

test("code that does not load is refused with the line and the reason, and changes nothing", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/hello", saying("before"));
  const broken = await api.post("/api/deploy/alice/hello", { runtime: "js", code: "function handle( {" });
  assertProblem(broken, 400, "invalid_code", /^line 1: SyntaxError/);
  assert.partialDeepStrictEqual(broken.json(), { details: { reason: "syntax_error" } });
  const missing = await api.post("/api/deploy/alice/new", { runtime: "js", code: "let handle;" });
  assertProblem(missing, 400, "invalid_code", /handle/);
  assertProblem(await api.get("/alice/new"), 404, "function_not_found");
  assert.equal((await api.get("/alice/hello")).text, "before");
  functions.verdict = { ok: false, code: "volunteer_error", message: "No cell could be started." };
  const unchecked = await api.post("/api/deploy/alice/hello", { runtime: "js", code: hello });
  assertProblem(unchecked, 503, "no_volunteer", /could not be checked/);
});

test("a module has to be here before it is deployed", async (t) => {
  const { api } = await bootFunctions(t);
  const module = Buffer.from("0061736d01000000", "hex");
  const unknown = { runtime: "wasm", wasm_cid: `b${"a".repeat(58)}` };
  assertProblem(await api.post("/api/deploy/alice/w", unknown), 400, "wasm_not_found");
  const stored = await api.post("/api/wasm", module, { "content-type": "application/wasm" });
  const { cid } = stored.json() as { cid: string };
  const answer = await api.post("/api/deploy/alice/w", { runtime: "wasm", wasm_cid: cid });
  assert.equal(answer.status, 201, answer.text);
  assert.partialDeepStrictEqual(detailOf(await api.get("/api/deploy/alice/w")), {
    code: null,
    wasm_cid: cid,
    revisions: [{ digest: cid }],
  });
});

const refused: readonly (readonly [
  name: string,
  path: string,
  sent: Sent,
  status: number,
  code: string,
  error: RegExp,
])[] = [
  ["no code", "/alice/x", { body: { runtime: "js" } }, 400, "invalid_request", /^code is missing/],
  [
    "an unknown runtime",
    "/alice/x",
    { body: { runtime: "go", code: "x" } },
    400,
    "invalid_request",
    /runtime must be one of/,
  ],
  ["an unknown field", "/alice/x", { body: { code: "x", cpu: 1 } }, 400, "invalid_request", /"cpu"/],
  [
    "code and a module",
    "/alice/x",
    { body: { runtime: "wasm", code: "x" } },
    400,
    "invalid_request",
    /wasm_cid is missing/,
  ],
  [
    "a timeout over the limit",
    "/alice/x",
    { body: { code: "x", timeout_seconds: 61 } },
    400,
    "invalid_request",
    /at most 60/,
  ],
  [
    "too little memory",
    "/alice/x",
    { body: { code: "x", memory_mb: 1 } },
    400,
    "invalid_request",
    /memory_mb/,
  ],
  [
    "an unknown placement",
    "/alice/x",
    { body: { code: "x", placement: "moon" } },
    400,
    "invalid_request",
    /placement/,
  ],
  [
    "an environment that is no text",
    "/alice/x",
    { body: { code: "x", env: { A: 1 } } },
    400,
    "invalid_request",
    /env\.A must be a string/,
  ],
  [
    "a name that no environment has",
    "/alice/x",
    { body: { code: "x", env: { "a-b": "" } } },
    400,
    "invalid_request",
    /env\.a-b/,
  ],
  [
    "a value that is too long",
    "/alice/x",
    { body: { code: "x", env: { A: "x".repeat(8193) } } },
    400,
    "invalid_request",
    /8192 bytes/,
  ],
  [
    "no JSON",
    "/alice/x",
    { body: "function", headers: { "content-type": "application/json" } },
    400,
    "invalid_json",
    /not JSON/,
  ],
  [
    "another type",
    "/alice/x",
    { body: "x", headers: { "content-type": "text/plain" } },
    415,
    "unsupported_media_type",
    /JSON/,
  ],
  [
    "too much code",
    "/alice/x",
    { body: { code: "x".repeat(limits.codeBytesMax + 1) } },
    413,
    "payload_too_large",
    /code/,
  ],
  ["no path", "/alice/", { body: { code: "x" } }, 400, "invalid_path", /empty/],
  ["a path upwards", "/alice/a/%2e%2e/b", { body: { code: "x" } }, 400, "invalid_path", /"\.\."/],
  ["a path encoded twice", "/alice/%252e%252e", { body: { code: "x" } }, 400, "invalid_path", /twice/],
  [
    "a path with an empty segment",
    "/alice/a//b",
    { body: { code: "x" } },
    400,
    "invalid_path",
    /empty segment/,
  ],
  ["a path with an encoded NUL", "/alice/a%00", { body: { code: "x" } }, 400, "invalid_path", /control/],
  ["a path of no UTF-8", "/alice/%ff", { body: { code: "x" } }, 400, "invalid_request", /percent-encoding/],
  ["a reserved namespace", "/api/x", { body: { code: "x" } }, 400, "invalid_request", /reserved/],
  ["a namespace that is none", "/Alice/x", { body: { code: "x" } }, 400, "invalid_request", /namespace/],
  ["a query", "/alice/x?force=1", { body: { code: "x" } }, 400, "invalid_request", /force/],
  [
    "a page of another site",
    "/alice/x",
    { body: { code: "x" }, headers: { origin: "https://evil.example" } },
    403,
    "forbidden_origin",
    /evil/,
  ],
];

test("what cannot be deployed is told with a code and a sentence", async (t) => {
  const { api } = await bootFunctions(t);
  for (const [name, path, sent, status, code, error] of refused) {
    await t.test(name, async () =>
      assertProblem(await api.send("POST", `/api/deploy${path}`, sent), status, code, error),
    );
  }
  assert.partialDeepStrictEqual((await api.get("/api/deploy")).json(), { total: 0 });
});

test("functions are there again after a restart, at the revision that was current", async (t) => {
  const first = await bootFunctions(t);
  await first.deploy("/alice/hello", saying("one"));
  await first.deploy("/alice/hello", saying("two"));
  await first.deploy("/alice/gone", hello);
  await first.api.send("PUT", "/api/deploy/alice/hello", { body: { revision: 1 } });
  await first.api.send("DELETE", "/api/deploy/alice/gone");
  await first.stop();
  const { api } = await bootFunctions(t, { flags: { dataDir: first.dataDir } });
  assert.equal((await api.get("/alice/hello")).text, "one");
  assertProblem(await api.get("/alice/gone"), 404, "function_not_found");
  assert.equal(detailOf(await api.get("/api/deploy/alice/hello")).revisions.length, 2);
});

test("letters in a path are the same function however their encoding is written", async (t) => {
  const { api, url, deploy } = await bootFunctions(t);
  const view = await deploy("/alice/gr%C3%BC%C3%9Fe", hello);
  assert.equal(view.path, "grüße");
  assert.equal(view.url, new URL("/alice/gr%C3%BC%C3%9Fe", url).href);
  assert.equal((await api.get("/%61lice/%67r%c3%bc%c3%9fe")).text, "Hello");
  assert.equal((await api.send("DELETE", "/api/deploy/alice/gr%c3%bc%c3%9fe")).status, 204);
});

test("of deployments to one path at one time each is a revision, and the last one answers", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  const views = await Promise.all(
    Array.from({ length: 20 }, (_, index) => deploy("/alice/hello", saying(`${index}`))),
  );
  assert.deepEqual(
    views.map(({ revision }) => revision).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  const last = views.findIndex(({ revision }) => revision === 20);
  assert.equal((await api.get("/alice/hello")).text, `${last}`);
  assert.ok(20 <= functionLimits.revisionsMax);
});
