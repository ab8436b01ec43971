import assert from "node:assert/strict";
import { test } from "node:test";
import type { HttpErrorCode } from "../../src/protocol/errors.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { Answer, Sent } from "../support/api.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { exchange, openSocket } from "../support/raw-http.ts";

const json = { "content-type": "application/json" };

function assertProblem(answer: Answer, status: number, code: HttpErrorCode, sentence: RegExp): void {
  const body = answer.json();
  assert.equal(answer.status, status, answer.text);
  assert.match(String(answer.headers["content-type"]), /^application\/json/);
  assert.equal(answer.headers["x-powered-by"], undefined);
  assert.partialDeepStrictEqual(body, { code });
  assert.ok(typeof body === "object" && body !== null && "error" in body && typeof body.error === "string");
  assert.match(body.error, sentence);
  assert.match(body.error, /\.$/);
  assert.ok(!/node_modules|\.ts:|\n/.test(answer.text), "no stack");
}

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly sent?: Sent;
  readonly status: number;
  readonly code: HttpErrorCode;
  readonly error: RegExp;
}

const cases: readonly Case[] = [
  {
    name: "an unknown path",
    method: "GET",
    path: "/nowhere?x=1",
    status: 404,
    code: "not_found",
    error: /^Nothing answers at \/nowhere\.$/,
  },
  {
    name: "an unknown path is told before its body is read",
    path: "/nowhere",
    sent: { body: "{", headers: json },
    status: 404,
    code: "not_found",
    error: /nowhere/,
  },
  {
    name: "a method that a path does not take",
    method: "PUT",
    sent: { body: "{", headers: { "content-type": "text/plain" } },
    status: 405,
    code: "method_not_allowed",
    error: /^This path takes .*, not PUT\.$/,
  },
  {
    name: "a preflight of a page elsewhere",
    method: "OPTIONS",
    sent: { headers: { "access-control-request-method": "POST" } },
    status: 405,
    code: "method_not_allowed",
    error: /not OPTIONS/,
  },
  {
    name: "broken percent-encoding",
    method: "GET",
    path: "/api/jobs/%zz",
    status: 400,
    code: "invalid_request",
    error: /percent-encoding/,
  },
  {
    name: "an endless path part",
    method: "GET",
    path: `/api/jobs/${"x".repeat(2000)}`,
    status: 404,
    code: "not_found",
    error: /this long/,
  },
  {
    name: "a body that is not JSON, with the place of the fault",
    sent: { body: '{"job_type":\n "js",}', headers: json },
    status: 400,
    code: "invalid_json",
    error: /^The body is not JSON: unexpected "}" at line 2, column 7\.$/,
  },
  {
    name: "JSON that ends too early",
    sent: { body: '{"job_type":', headers: json },
    status: 400,
    code: "invalid_json",
    error: /ends too early/,
  },
  {
    name: "an empty body",
    sent: { body: "", headers: json },
    status: 400,
    code: "invalid_json",
    error: /empty/,
  },
  {
    name: "a body that is not UTF-8",
    sent: { body: Buffer.from([0x22, 0xff, 0x22]), headers: json },
    status: 400,
    code: "invalid_json",
    error: /UTF-8/,
  },
  {
    name: "JSON that nests a hundred thousand levels deep",
    sent: {
      body: `{"job_type":"js","code":"1","input_data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      headers: json,
    },
    status: 400,
    code: "invalid_json",
    error: /nests deeper than \d+ levels/,
  },
  {
    name: "no body at all",
    status: 400,
    code: "invalid_request",
    error: /^The body must be an object or an array\.$/,
  },
  {
    name: "a form, as curl -d sends without a header",
    sent: { body: '{"job_type":"js"}', headers: { "content-type": "application/x-www-form-urlencoded" } },
    status: 415,
    code: "unsupported_media_type",
    error: /"Content-Type: application\/json"/,
  },
  {
    name: "a compressed body",
    sent: { body: "{}", headers: { ...json, "content-encoding": "gzip" } },
    status: 415,
    code: "unsupported_media_type",
    error: /Content-Encoding/,
  },
  {
    name: "a body over the limit",
    sent: { body: `"${"x".repeat(limits.bodyBytesMax)}"`, headers: json },
    status: 413,
    code: "payload_too_large",
    error: /larger/,
  },
  {
    name: "code over its limit",
    sent: { body: { job_type: "js", code: "x".repeat(limits.codeBytesMax + 1) } },
    status: 413,
    code: "payload_too_large",
    error: /code/,
  },
  {
    name: "input over its limit",
    sent: { body: { job_type: "js", code: "1", input_data: "x".repeat(limits.inputBytesMax) } },
    status: 413,
    code: "payload_too_large",
    error: /input_data/,
  },
  {
    name: "too many jobs",
    sent: { body: Array(1001).fill({ job_type: "js", code: "1" }) },
    status: 400,
    code: "invalid_request",
    error: /at most 1000 items/,
  },
  {
    name: "an unknown field",
    sent: { body: { job_type: "js", code: "1", timeout: 1 } },
    status: 400,
    code: "invalid_request",
    error: /^Unknown field "timeout"\.$/,
  },
  {
    name: "an own field named __proto__",
    sent: { body: '{"job_type":"js","code":"1","__proto__":{"admin":true}}', headers: json },
    status: 400,
    code: "invalid_request",
    error: /^Unknown field "__proto__"\.$/,
  },
  {
    name: "a timeout that is no number",
    sent: { body: { job_type: "js", code: "1", timeout_seconds: "30" } },
    status: 400,
    code: "invalid_request",
    error: /^timeout_seconds must be a number\.$/,
  },
  {
    name: "a timeout of zero",
    sent: { body: { job_type: "js", code: "1", timeout_seconds: 0 } },
    status: 400,
    code: "invalid_request",
    error: /^timeout_seconds must be a number greater than 0\.$/,
  },
  {
    name: "an unknown job type",
    sent: { body: { job_type: "cobol", code: "1" } },
    status: 400,
    code: "invalid_request",
    error: /^job_type must be one of "python", "lua", "js", "wasm"\.$/,
  },
  {
    name: "an unknown query parameter",
    method: "GET",
    path: "/api/jobs?page=2",
    status: 400,
    code: "invalid_request",
    error: /^Unknown parameter "page"\.$/,
  },
  {
    name: "a query parameter out of bounds",
    method: "GET",
    path: "/api/jobs?limit=1001",
    status: 400,
    code: "invalid_request",
    error: /^limit must be at most 1000\.$/,
  },
  {
    name: "a wait that is no number",
    path: "/api/jobs?wait=long",
    sent: { body: { job_type: "js", code: "1" } },
    status: 400,
    code: "invalid_request",
    error: /^wait must be a number\.$/,
  },
  {
    name: "plain HTTP at the volunteers' door",
    method: "GET",
    path: "/ws/volunteer",
    status: 426,
    code: "upgrade_required",
    error: /WebSocket/,
  },
  {
    name: "a name that was rebound to this machine",
    method: "GET",
    sent: { headers: { host: "evil.example" } },
    status: 403,
    code: "forbidden_origin",
    error: /Host/,
  },
  {
    name: "a page of another site",
    sent: { body: { job_type: "js", code: "1" }, headers: { origin: "https://evil.example" } },
    status: 403,
    code: "forbidden_origin",
    error: /evil\.example/,
  },
  {
    name: "a form of another site",
    sent: { body: "{}", headers: { "content-type": "text/plain", "sec-fetch-site": "cross-site" } },
    status: 403,
    code: "forbidden_origin",
    error: /other sites/,
  },
];

test("what is wrong with a request is told with a code and a sentence", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const { name, method = "POST", path = "/api/jobs", sent = {}, status, code, error } of cases) {
    await t.test(name, async () => assertProblem(await api.send(method, path, sent), status, code, error));
  }
});

test("a path names the methods that it takes", async (t) => {
  const { api } = await bootOrchestrator(t);
  const allowed = async (path: string) => (await api.send("PATCH", path)).headers.allow?.split(", ").sort();
  assert.deepEqual(await allowed("/api/jobs"), ["GET", "HEAD", "POST"]);
  assert.deepEqual(await allowed("/api/jobs/x"), ["DELETE", "GET", "HEAD"]);
  assert.deepEqual(await allowed("/api/wasm"), ["POST"]);
  assert.deepEqual(await allowed("/health"), ["GET", "HEAD"]);
});

test("JSON is taken whatever its type says beside, and without a type", async (t) => {
  const { api } = await bootOrchestrator(t);
  const body = '{"job_type":"js","code":"1"}';
  for (const type of [
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/vnd.api+json",
    undefined,
  ]) {
    const headers: Record<string, string> = type === undefined ? {} : { "content-type": type };
    const answer = await api.post("/api/jobs", body, headers);
    assert.equal(answer.status, 201, `${type}: ${answer.text}`);
  }
  const marked = await api.post("/api/jobs", `\u{feff}${body}`, json);
  assert.equal(marked.status, 201, "a byte order mark is no fault");
});

test("every GET can be asked with HEAD", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const path of ["/health", "/info", "/stats", "/api/jobs", "/api/volunteers", "/api/events"]) {
    const answer = await api.send("HEAD", path);
    assert.deepEqual([answer.status, answer.text], [200, ""], path);
  }
});

test("no browser guesses at types", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const path of ["/health", "/nowhere", "/api/jobs"]) {
    assert.equal((await api.get(path)).headers["x-content-type-options"], "nosniff", path);
  }
});

test("what is not HTTP is told so, and the connection ends", async (t) => {
  const { url } = await bootOrchestrator(t);
  const answer = await exchange(url, "GARBAGE\r\n\r\n");
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /"code":"invalid_request"/);
});

test("headers over the limit are refused", async (t) => {
  const { url } = await bootOrchestrator(t);
  const answer = await exchange(
    url,
    `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(20_000)}\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 431 /);
  assert.match(answer, /"code":"headers_too_large"/);
});

test("a body that is not what its length says leaves nothing behind", async (t) => {
  const { url, api } = await bootOrchestrator(t);
  const socket = await openSocket(url);
  socket.write("POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
  socket.destroy();
  assert.equal((await api.get("/health")).status, 200);
  assert.partialDeepStrictEqual((await api.get("/api/jobs")).json(), { total: 0 });
});
