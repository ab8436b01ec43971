import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import type { InvocationOutcome } from "../../src/functions/invoker.ts";
import type { HttpErrorCode, JobErrorCode } from "../../src/protocol/errors.ts";
import { functionLimits } from "../../src/protocol/functions.ts";
import { fakeTrace } from "../support/fake-functions.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";
import { exchange, openSocket } from "../support/raw-http.ts";

const hello = 'function handle(req) { return { body: "Hello" }; }';
/** Answers with the request as JSON. */
const echo = "function handle(req) { return { body: req }; }";
/** Answers with what the request's body says. */
const answering = "function handle(req) { return JSON.parse(req.body); }";
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

test("a function is given the request as it was, with every method", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/echo", echo);
  for (const method of methods) {
    const answer = await api.send(method, "/alice/echo/a%20b/?x=1&x=2&y=%C3%BC+z", {
      headers: { "X-Custom": "Value", Accept: "text/plain" },
    });
    assert.equal(answer.status, 200, answer.text);
    assert.partialDeepStrictEqual(answer.json(), {
      method,
      path: "/alice/echo/a%20b/",
      route: "/a%20b/",
      query: { x: "2", y: "ü z" },
      query_all: { x: ["1", "2"], y: ["ü z"] },
      headers: { "x-custom": "Value", accept: "text/plain" },
      body: "",
      is_base64: false,
    });
  }
});

test("a body of any type comes whole: text as text, other bytes as base64, also with GET and DELETE", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/echo", echo);
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const bodies = [
    '{"data": "test"',
    "a=1&b=2",
    "grüße \u{1f600}\r\n",
    "\ufeff",
    bytes,
    Buffer.alloc(1_000_000, "x"),
  ];
  for (const body of bodies) {
    for (const type of [
      undefined,
      "application/json",
      "text/plain; charset=latin1",
      "multipart/form-data",
      "no type",
    ]) {
      for (const method of ["POST", "GET", "DELETE", "OPTIONS"]) {
        const headers = type === undefined ? {} : { "content-type": type };
        const answer = await api.send(method, "/alice/echo", { body, headers });
        assert.equal(answer.status, 200, answer.text);
        const request = answer.json() as { body: string; is_base64: boolean };
        const received = Buffer.from(request.body, request.is_base64 ? "base64" : "utf8");
        assert.ok(received.equals(Buffer.from(body)), `${method} ${type} ${body.slice(0, 10)}`);
        assert.equal(request.is_base64, body === bytes);
      }
    }
  }
});

test("a body in chunks is put together", async (t) => {
  const { url, deploy } = await bootFunctions(t);
  await deploy("/alice/echo", 'function handle(req) { return { body: req.method + " " + req.body }; }');
  const head =
    "POST /alice/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  const answer = await exchange(url, `${head}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*\r\n\r\nPOST abcde$/);
});

test("an answer goes out as it was given: status, headers, lists of them, text, JSON and bytes", async (t) => {
  const { api, url, deploy } = await bootFunctions(t);
  await deploy("/alice/x", answering);
  const call = (answer: unknown) => api.post("/alice/x", JSON.stringify(answer));
  const teapot = await call({ status: 418, headers: { "X-A": "1", "x-n": 5 }, body: "short" });
  assert.equal(teapot.status, 418);
  assert.partialDeepStrictEqual(teapot.headers, {
    "x-a": "1",
    "x-n": "5",
    "content-type": "text/plain; charset=utf-8",
    "content-length": "5",
  });
  const json = await call({ body: { ü: [1] }, headers: { "CONTENT-TYPE": "application/problem+json" } });
  assert.equal(json.headers["content-type"], "application/problem+json");
  assert.equal(json.text, '{"ü":[1]}');
  assert.equal((await call({ body: {} })).headers["content-type"], "application/json; charset=utf-8");
  const body = JSON.stringify({ body: "/wAB", is_base64: true, headers: { a: ["x", "y"], b: "\u00e9" } });
  const bytes = await exchangeBytes(url, body);
  assert.ok(bytes.subarray(-7).equals(Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0xff, 0x00, 0x01])));
  assert.match(bytes.toString("latin1"), /\r\na: x\r\na: y\r\nb: \u00e9\r\n/);
  const latin = await exchangeBytes(url, JSON.stringify({ body: "ü", headers: { b: "\u00e9" } }));
  assert.match(latin.toString("latin1"), /\r\nb: \u00e9\r\n/, "headers are bytes of their own");
  assert.equal(latin.subarray(-2).toString(), "ü");
});

/** The whole answer of `POST /alice/x`, byte by byte. */
async function exchangeBytes(url: URL, body: string): Promise<Buffer> {
  const socket = await openSocket(url);
  const received: Buffer[] = [];
  socket.on("data", (chunk) => received.push(Buffer.from(chunk)));
  socket.write(
    `POST /alice/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  await once(socket, "close");
  return Buffer.concat(received);
}

test("HEAD gets the headers of a GET and no body, and answers without bodies have none", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/x", 'function handle(req) { return { body: "12345" + req.method }; }');
  const head = await api.send("HEAD", "/alice/x");
  assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", "9"]);
  const problem = await api.send("HEAD", "/alice/nothing");
  assert.deepEqual([problem.status, problem.text], [404, ""]);
  await deploy(
    "/alice/status",
    'function handle(req) { return { status: Number(req.query.s), body: "no" }; }',
  );
  for (const status of [204, 304]) {
    const answer = await api.get(`/alice/status?s=${status}`);
    assert.deepEqual([answer.status, answer.text], [status, ""]);
    assert.equal(answer.headers["content-length"], undefined);
    assert.equal(answer.headers["content-type"], undefined);
  }
  const reset = await api.get("/alice/status?s=205");
  assert.deepEqual([reset.text, reset.headers["content-length"]], ["", "0"]);
});

test("an answer cannot speak for the connection or the origin, and is always in a sandbox", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  const headers = {
    Connection: "close",
    "Keep-Alive": "timeout=1",
    "Content-Length": "1000",
    "Transfer-Encoding": "chunked",
    Upgrade: "h2c",
    "Set-Cookie": ["a=b", "c=d"],
    "Service-Worker-Allowed": "/",
    "Clear-Site-Data": '"*"',
    "Strict-Transport-Security": "max-age=1",
    "Alt-Svc": 'h3=":443"',
    "X-Accel-Redirect": "/etc/passwd",
    "X-Content-Type-Options": "sniff",
    "Content-Security-Policy": "default-src 'none'",
    "Access-Control-Allow-Origin": "*",
    Location: "/elsewhere",
  };
  await deploy(
    "/alice/x",
    `function handle() { return { body: "<p>", headers: ${JSON.stringify(headers)} }; }`,
  );
  const answer = await api.get("/alice/x");
  assert.equal(answer.text, "<p>");
  assert.deepEqual(
    { ...answer.headers, date: undefined, "keep-alive": undefined, "x-request-id": undefined },
    {
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox allow-scripts allow-forms allow-popups, default-src 'none'",
      "access-control-allow-origin": "*",
      location: "/elsewhere",
      "content-type": "text/plain; charset=utf-8",
      "content-length": "3",
      connection: "keep-alive",
      date: undefined,
      "keep-alive": undefined,
      "x-request-id": undefined,
    },
  );
});

test("how a call fails is told with a code and a sentence", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/x", hello);
  const failed = (code: JobErrorCode, message = "It went wrong."): InvocationOutcome => ({
    kind: "failed",
    code,
    message,
    trace: fakeTrace,
  });
  const answered = (responseJson: string | undefined): InvocationOutcome => ({
    kind: "answered",
    responseJson,
    trace: fakeTrace,
  });
  const cases: readonly (readonly [
    InvocationOutcome,
    status: number,
    code: HttpErrorCode,
    sentence: RegExp,
  ])[] = [
    [failed("guest_error", "Error: boom"), 500, "function_error", /^Error: boom$/],
    [failed("syntax_error"), 500, "function_error", /wrong/],
    [failed("wasm_invalid"), 500, "function_error", /wrong/],
    [failed("cell_crashed"), 500, "function_error", /wrong/],
    [failed("memory_exceeded"), 500, "function_memory_exceeded", /wrong/],
    [failed("output_exceeded"), 500, "function_output_exceeded", /wrong/],
    [failed("result_not_json"), 502, "bad_function_response", /wrong/],
    [failed("result_too_large"), 502, "bad_function_response", /wrong/],
    [failed("volunteer_lost"), 502, "function_lost", /wrong/],
    [failed("volunteer_error"), 502, "function_lost", /wrong/],
    [failed("timeout"), 504, "function_timeout", /wrong/],
    [answered(undefined), 502, "bad_function_response", /nothing/],
    [answered("[1"), 502, "bad_function_response", /not JSON/],
    [answered('"Hello"'), 502, "bad_function_response", /is text/],
    [{ kind: "lost" }, 502, "function_lost", /vanished/],
    [{ kind: "no_volunteer" }, 503, "no_volunteer", /Nobody/],
    [{ kind: "busy" }, 503, "functions_busy", /slot/],
  ];
  for (const [outcome, status, code, sentence] of cases) {
    functions.script(outcome);
    const answer = await api.get("/alice/x");
    assertProblem(answer, status, code, sentence);
    assert.equal(answer.headers["retry-after"] !== undefined, status === 503);
  }
  assert.equal((await api.get("/alice/x")).text, "Hello");
});

test("what is thrown is told by its message alone", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/x", 'function handle() { throw new Error("no bread"); }');
  const answer = await api.get("/alice/x");
  assertProblem(answer, 500, "function_error", /^no bread$/);
});

test("only methods that change nothing may be repeated elsewhere", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/x", hello);
  for (const method of [...methods, "HEAD"]) await api.send(method, "/alice/x");
  assert.deepEqual(
    functions.seen.map(({ repeatable }) => repeatable),
    [true, false, false, false, false, true, true],
  );
});

test("paths that no function answers are told, before any body is read", async (t) => {
  const { api, url, deploy } = await bootFunctions(t);
  await deploy("/alice/hello", hello);
  for (const path of [
    "/alice/",
    "/alice/hell",
    "/alice/helloo",
    "/alice//hello",
    "/bob/hello",
    "/alice/Hello",
  ]) {
    assertProblem(await api.get(path), 404, "function_not_found", /^No function is deployed at \//);
  }
  for (const path of ["/alice", "/Alice/hello", "/api/hello", "/assets/hello", "/_x/hello", "/.git/config"]) {
    assertProblem(await api.get(path), 404, "not_found");
  }
  assertProblem(await api.get("/alice/%zz"), 400, "invalid_request", /percent-encoding/);
  assertProblem(await api.get("/alice/hello/%ff"), 400, "invalid_request", /UTF-8/);
  assertProblem(await api.send("PROPFIND", "/alice/hello"), 405, "method_not_allowed", /not PROPFIND/);
  const early = await exchange(
    url,
    "POST /alice/none HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n",
  );
  assert.match(early, /^HTTP\/1\.1 404 [\s\S]*connection: close[\s\S]*function_not_found/);
});

test("a request may name the whole URL, as proxies do", async (t) => {
  const { url, deploy } = await bootFunctions(t);
  await deploy("/alice/hello", 'function handle(req) { return { body: req.path + "|" + req.query.q }; }');
  const answer = await exchange(
    url,
    "GET http://localhost/alice/hello/x?q=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
  );
  assert.match(answer, /\/alice\/hello\/x\|1$/);
});

test("an offer of another protocol is left alone, since functions speak HTTP", async (t) => {
  const { url, deploy } = await bootFunctions(t);
  await deploy("/alice/hello", hello);
  for (const protocol of ["h2c", "websocket"]) {
    const offer = `Connection: Upgrade, close\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\n`;
    const answer = await exchange(url, `GET /alice/hello HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n`);
    assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*Hello$/, protocol);
  }
});

test("a body over the limit is refused with the limit, announced or not", async (t) => {
  const { api, url, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/x", hello);
  const most = await api.post("/alice/x", Buffer.alloc(functionLimits.bodyBytesMax, "x"));
  assert.equal(most.status, 200);
  const over = functionLimits.bodyBytesMax + 1;
  const announced = await exchange(
    url,
    `POST /alice/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${over}\r\n\r\n`,
  );
  assert.match(
    announced,
    /^HTTP\/1\.1 413 [\s\S]*"payload_too_large","details":\{"body_bytes_max":6291456\}/,
  );
  const chunk = `${(1 << 20).toString(16)}\r\n${"x".repeat(1 << 20)}\r\n`;
  const chunked = await exchange(
    url,
    `POST /alice/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(7)}`,
  );
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  assert.equal(functions.seen.length, 1);
});

test("a caller that leaves gives its call up, and one that breaks off its body makes none", async (t) => {
  const { api, url, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/x", hello);
  const begun = Promise.withResolvers<AbortSignal>();
  const left = Promise.withResolvers<void>();
  functions.before = ({ signal }) => {
    assert.ok(signal);
    begun.resolve(signal);
    signal.addEventListener("abort", () => left.resolve());
    return left.promise;
  };
  const socket = await openSocket(url);
  socket.write("GET /alice/x HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.equal((await begun.promise).aborted, false);
  socket.destroy();
  await left.promise;
  functions.before = () => undefined;
  const half = connect(Number(url.port), url.hostname);
  half.end("POST /alice/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nxxx");
  half.resume();
  await once(half, "close");
  assert.equal((await api.get("/alice/x")).text, "Hello");
  assert.equal(functions.seen.length, 2);
});

test("a call that ends in peace is never told that its caller has left", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/x", hello);
  for (let count = 0; count < 5; count++) await api.get("/alice/x");
  assert.ok(functions.seen.every(({ signal }) => signal?.aborted === false));
});

test("pages of other sites may call functions, but not by a name that was rebound to this machine", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/x", hello);
  const foreign = { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" };
  for (const method of ["GET", "POST", "OPTIONS"]) {
    const answer = await api.send(method, "/alice/x", { headers: foreign });
    assert.equal(answer.status, 200, method);
    assert.equal(answer.headers["access-control-allow-origin"], undefined, "that is for the function to say");
  }
  assertProblem(await api.get("/alice/x", { host: "evil.example" }), 403, "forbidden_origin", /Host/);
});
