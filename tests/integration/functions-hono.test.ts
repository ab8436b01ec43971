import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { FunctionCells, type FunctionInstance } from "../support/function-cells.ts";

/* An app that was written with Hono, bundled as its author would, and not changed for this platform. */

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
  readonly is_base64: boolean;
}

interface Given {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string[]>>;
  readonly body?: string;
  readonly is_base64?: boolean;
}

let cells: FunctionCells;
let app: FunctionInstance;
before(async () => {
  const entry = fileURLToPath(new URL("../support/apps/hono-app.ts", import.meta.url));
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  cells = await FunctionCells.start(() => Promise.reject(new Error("Nobody answers here.")));
  const code = outputFiles[0]?.text ?? "";
  app = await cells.load({ language: "js", code, env: { GREETING: "Hello" } });
  assert.ok(app.loaded.outcome.ok, JSON.stringify(app.loaded.outcome));
});
after(() => cells[Symbol.asyncDispose]());

async function call(route: string, given: Given = {}) {
  const { method = "GET", headers = {}, query = {}, body = "", is_base64 = false } = given;
  const { outcome, stdout, stderr } = await app.call({
    method,
    path: `/alice/app${route}`,
    route,
    query: Object.fromEntries(Object.entries(query).map(([name, values]) => [name, values.at(-1) ?? ""])),
    query_all: { ...query },
    headers: { host: "localhost:8000", ...headers },
    body,
    is_base64,
  });
  assert.ok(outcome.ok && outcome.resultJson, JSON.stringify(outcome));
  // The kernel's answer; what it says is what is tested.
  const answer = JSON.parse(outcome.resultJson) as Answer;
  return { ...answer, stdout, stderr, json: () => JSON.parse(answer.body) as unknown };
}

describe("A Hono app", () => {
  test("answers with text, its environment and the query", async () => {
    const { status, headers, body } = await call("/", { query: { name: ["a b", "Zoë & co"] } });
    assert.deepEqual([status, body], [200, "Hello, a b"]);
    assert.equal(headers["content-type"], "text/plain;charset=UTF-8");
    assert.equal((await call("")).body, "Hello, nobody");
  });
  test("routes by patterns, groups and mounts", async () => {
    assert.deepEqual((await call("/posts/12/comments/3")).json(), { id: "12", comment: "3" });
    assert.deepEqual((await call("/posts/12/comments")).json(), { id: "12" });
    assert.equal((await call("/posts/x/comments")).status, 404);
    assert.deepEqual((await call("/queries", { query: { tag: ["a", "b"] } })).json(), ["a", "b"]);
    assert.equal((await call("/sub/page")).body, "sub now");
    assert.equal((await call("/mounted/deep/path", { method: "DELETE" })).body, "DELETE /deep/path");
  });
  test("sees the URL as of where it is deployed, and is told the rest", async () => {
    assert.deepEqual((await call("/url", { query: { a: ["1"] } })).json(), {
      url: "http://localhost:8000/url?a=1",
      path: "/url",
      prefix: "/alice/app",
    });
    const { url } = Object(
      (await call("/url", { headers: { host: "[bad", "x-forwarded-proto": "https" } })).json(),
    );
    assert.equal(url, "https://localhost/url");
  });
  test("reads JSON and forms", async () => {
    const headers = { "content-type": "application/json" };
    const echoed = await call("/api/echo", { method: "POST", headers, body: '{"a":["ü"]}' });
    assert.equal(echoed.status, 201);
    assert.deepEqual(echoed.json(), { got: { a: ["ü"] }, type: "application/json" });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const plain = await call("/form", { method: "POST", headers: form, body: "title=a+b%C3%BC" });
    assert.deepEqual(plain.json(), { title: "a bü", file: null });
  });
  test("reads uploads, as text and as bytes", async () => {
    for (const content of ["text ü\r\nmore", "\u0000\u00ff"]) {
      const upload = new FormData();
      upload.set("title", "T");
      upload.set("upload", new File([Buffer.from(content, "latin1")], 'a"b.txt', { type: "text/x" }));
      const request = new Request("http://x/", { method: "POST", body: upload });
      const headers = { "content-type": request.headers.get("content-type") ?? "" };
      const body = Buffer.from(await request.arrayBuffer()).toString("base64");
      const answered = await call("/form", { method: "POST", headers, body, is_base64: true });
      const text = new TextDecoder().decode(Buffer.from(content, "latin1"));
      assert.deepEqual(answered.json(), { title: "T", file: { name: 'a"b.txt', type: "text/x", text } });
    }
  });
  test("reads and sets cookies, several at once", async () => {
    const { headers, json } = await call("/cookies", { headers: { cookie: "a=1; b=%20" } });
    assert.deepEqual(json(), { a: "1", b: " " });
    assert.deepEqual(headers["set-cookie"], [
      "visits=2; Max-Age=60; Path=/; HttpOnly",
      "old=; Max-Age=0; Path=/",
    ]);
  });
  test("runs its middleware: logger, CORS, basic auth, ETag, secure headers and its own", async () => {
    const first = await call("/");
    assert.match(first.stdout, /<-- GET \/\n--> GET \/ .*200/);
    assert.equal(first.headers["x-started"], "now");
    const preflight = await call("/api/echo", {
      method: "OPTIONS",
      headers: { origin: "https://example.com", "access-control-request-method": "POST" },
    });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers["access-control-allow-origin"], "https://example.com");
    assert.equal(preflight.headers["access-control-allow-methods"], "GET,POST");
    assert.equal((await call("/admin/door")).status, 401);
    const authorization = `Basic ${btoa("alice:secret")}`;
    assert.equal((await call("/admin/door", { headers: { authorization } })).body, "open");
    const tag = (await call("/etag")).headers.etag;
    assert.ok(typeof tag === "string");
    assert.equal((await call("/etag", { headers: { "if-none-match": tag } })).status, 304);
    assert.equal((await call("/secure")).headers["x-frame-options"], "SAMEORIGIN");
  });
  test("answers with HTML, bytes and redirections", async () => {
    assert.equal((await call("/html")).body, "<h1>Grüße</h1>");
    const { body, is_base64, headers } = await call("/bytes");
    assert.deepEqual([is_base64, [...Buffer.from(body, "base64")]], [true, [0, 255, 254]]);
    assert.equal(headers["content-type"], "image/png");
    const moved = await call("/moved");
    assert.deepEqual([moved.status, moved.headers.location], [301, "/"]);
  });
  test("streams text, events and other streams, which arrive whole", async () => {
    assert.equal((await call("/text")).body, "one\ntwo\ndrei ü\n");
    assert.equal(
      (await call("/events")).body,
      "event: tick\ndata: tick 0\nid: 0\n\nevent: tick\ndata: tick 1\nid: 1\n\n",
    );
    assert.equal((await call("/pipe")).body, "piped");
  });
  test("answers what is missing and what fails in its own way", async () => {
    const missing = await call("/nowhere");
    assert.deepEqual([missing.status, missing.json()], [404, { missing: "/nowhere" }]);
    const failed = await call("/throws");
    assert.deepEqual([failed.status, failed.json()], [500, { error: "no luck" }]);
    const refused = await call("/forbidden");
    assert.deepEqual([refused.status, refused.body], [403, "not for you"]);
  });
  test("has its work waited for", async () => {
    const { body, stdout } = await call("/late");
    assert.equal(body, "first");
    assert.match(stdout, /afterwards\n/);
  });
});
