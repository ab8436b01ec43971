import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { type RawAnswer, rawGet } from "../support/raw-get.ts";

const script = "console.log('a line that repeats itself');\n".repeat(200);

interface Site {
  get(path: string, headers?: Readonly<Record<string, string>>, method?: string): Promise<RawAnswer>;
  put(path: string, content: string | Uint8Array): Promise<void>;
}

async function bootSite(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): Promise<Site> {
  const { api, url } = await bootOrchestrator(t);
  const site: Site = {
    get: (path, headers, method) => rawGet(url, path, headers, method),
    async put(path, content) {
      const answer = await api.send("PUT", `/api/storage/alice/${path}`, { body: content });
      assert.equal(answer.status, 201, answer.text);
    },
  };
  for (const [path, content] of Object.entries(files)) await site.put(path, content);
  return site;
}

test("types follow extensions", async (t) => {
  const types: Readonly<Record<string, string>> = {
    "a.html": "text/html; charset=utf-8",
    "a.css": "text/css; charset=utf-8",
    "a.js": "text/javascript; charset=utf-8",
    "a.mjs": "text/javascript; charset=utf-8",
    "a.json": "application/json; charset=utf-8",
    "a.txt": "text/plain; charset=utf-8",
    "a.svg": "image/svg+xml",
    "a.png": "image/png",
    "a.wasm": "application/wasm",
    "a.woff2": "font/woff2",
    "a.PDF": "application/pdf",
    "a.unheard-of": "application/octet-stream",
    LICENSE: "application/octet-stream",
  };
  const site = await bootSite(t, Object.fromEntries(Object.keys(types).map((path) => [path, "x"])));
  for (const [path, type] of Object.entries(types)) {
    assert.equal((await site.get(`/static/alice/${path}`)).headers["content-type"], type);
  }
});

test("a folder shows its index.html, and only under a path with a slash at its end", async (t) => {
  const site = await bootSite(t, { "index.html": "home", "docs/index.html": "docs", "docs/a.html": "a" });
  for (const [path, content] of [
    ["/static/alice/", "home"],
    ["/static/alice/?q=1", "home"],
    ["/static/alice/docs/", "docs"],
    ["/static/alice/docs/index.html", "docs"],
  ] as const) {
    const answer = await site.get(path);
    assert.deepEqual([answer.status, answer.bytes.toString()], [200, content], path);
  }
  for (const [path, location] of [
    ["/static/alice", "/static/alice/"],
    ["/static/alice?q=1", "/static/alice/?q=1"],
    ["/static/alice/docs?a=/b", "/static/alice/docs/?a=/b"],
    ["/static/alice/d%6fcs", "/static/alice/d%6fcs/"],
  ] as const) {
    const answer = await site.get(path);
    assert.deepEqual([answer.status, answer.headers.location], [301, location]);
  }
  for (const path of [
    "/static/alice/docs/a.html/",
    "/static/alice/nothing/",
    "/static/bob",
    "/static/bob/",
  ]) {
    assert.equal((await site.get(path)).status, 404, path);
  }
});

test("a page that is missing is answered with the site's 404.html, when there is one", async (t) => {
  const site = await bootSite(t, { "index.html": "home" });
  const bare = await site.get("/static/alice/missing");
  assert.equal(bare.status, 404);
  assert.match(bare.bytes.toString(), /"code":"file_not_found"/);
  await site.put("404.html", "<p>lost?");
  for (const path of ["/static/alice/missing", "/static/alice/a/b/", "/static/alice/missing.png"]) {
    const answer = await site.get(path, { "if-none-match": "*", range: "bytes=0-1" });
    assert.deepEqual([answer.status, answer.bytes.toString()], [404, "<p>lost?"]);
    assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
    assert.equal(answer.headers["cache-control"], "no-cache");
  }
  const head = await site.get("/static/alice/missing", {}, "HEAD");
  assert.deepEqual([head.status, head.bytes.length, head.headers["content-length"]], [404, 0, "8"]);
});

test("pages are kept from acting as pages of the orchestrator", async (t) => {
  const site = await bootSite(t, { "index.html": "home", "a.svg": "<svg/>", "404.html": "lost" });
  for (const path of ["", "index.html", "a.svg", "missing"]) {
    const { headers } = await site.get(`/static/alice/${path}`);
    assert.equal(headers["content-security-policy"], "sandbox allow-scripts allow-forms allow-popups");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["access-control-allow-origin"], "*");
    for (const name of ["set-cookie", "service-worker-allowed", "access-control-allow-credentials"]) {
      assert.equal(headers[name], undefined);
    }
  }
});

test("sites are read and nothing else", async (t) => {
  const site = await bootSite(t, { "index.html": "home" });
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const path of ["/static/alice", "/static/alice/", "/static/alice/index.html"]) {
      const answer = await site.get(path, {}, method);
      assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, HEAD"]);
    }
  }
});

test("text is compressed for those who can read it, each form with a tag of its own", async (t) => {
  const site = await bootSite(t, { "a.js": script });
  const tags = new Set<string | undefined>();
  for (const [accept, encoding, decode] of [
    ["gzip, deflate, br, zstd", "br", brotliDecompressSync],
    ["gzip;q=1.0, br;q=0.5", "gzip", gunzipSync],
    ["gzip", "gzip", gunzipSync],
    ["*", "br", brotliDecompressSync],
    ["br;q=0, *;q=0.1", "gzip", gunzipSync],
    ["", undefined, undefined],
    ["zstd", undefined, undefined],
    ["identity, gzip;q=0.5", undefined, undefined],
    ["br;q=0, gzip;q=0", undefined, undefined],
  ] as const) {
    const answer = await site.get("/static/alice/a.js", { "accept-encoding": accept });
    assert.equal(answer.headers["content-encoding"], encoding, accept);
    assert.equal(answer.headers.vary, "accept-encoding");
    assert.equal(answer.headers["content-length"], String(answer.bytes.length));
    const plain = decode ? decode(answer.bytes) : answer.bytes;
    assert.equal(plain.toString(), script);
    if (encoding) assert.ok(answer.bytes.length < script.length / 5);
    tags.add(answer.headers.etag);
    const again = { "accept-encoding": accept, "if-none-match": String(answer.headers.etag) };
    const unchanged = await site.get("/static/alice/a.js", again);
    assert.deepEqual([unchanged.status, unchanged.bytes.length], [304, 0]);
  }
  assert.equal(tags.size, 3);
});

test("what is small, not text, or large is sent as it is", async (t) => {
  const site = await bootSite(t, {
    "small.js": "x".repeat(500),
    "a.png": Buffer.alloc(5000),
    "large.txt": "y".repeat(1024 * 1024 + 1),
  });
  for (const path of ["small.js", "a.png", "large.txt"]) {
    const { headers } = await site.get(`/static/alice/${path}`, { "accept-encoding": "br, gzip" });
    assert.deepEqual([headers["content-encoding"], headers.vary], [undefined, undefined]);
  }
});

test("a new upload is served at once, compressed or not", async (t) => {
  const site = await bootSite(t, { "a.js": script });
  for (const content of [script.replace("repeats", "changes"), script.replace("repeats", "differs")]) {
    const encoded = { "accept-encoding": "br" };
    const before = await site.get("/static/alice/a.js", encoded);
    await site.put("a.js", content);
    const condition = { ...encoded, "if-none-match": String(before.headers.etag) };
    const after = await site.get("/static/alice/a.js", condition);
    assert.equal(after.status, 200);
    assert.equal(brotliDecompressSync(after.bytes).toString(), content);
    assert.equal((await site.get("/static/alice/a.js")).bytes.toString(), content);
  }
});

test("whoever has a file already is not sent it again", async (t) => {
  const site = await bootSite(t, { "a.png": "image" });
  const { headers } = await site.get("/static/alice/a.png");
  const etag = String(headers.etag);
  const modified = String(headers["last-modified"]);
  const long = new Date(0).toUTCString();
  for (const [condition, status] of [
    [{ "if-none-match": etag }, 304],
    [{ "if-none-match": `W/${etag}` }, 304],
    [{ "if-none-match": `"other", ${etag}` }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-modified-since": modified }, 304],
    [{ "if-modified-since": long }, 200],
    [{ "if-modified-since": "yesterday" }, 200],
    // The tag counts more than the date.
    [{ "if-none-match": '"other"', "if-modified-since": modified }, 200],
  ] as const) {
    const answer = await site.get("/static/alice/a.png", condition);
    assert.equal(answer.status, status, JSON.stringify(condition));
    assert.equal(answer.headers.etag, etag);
  }
});

test("a part of a file is sent to who asks for one that there is", async (t) => {
  const content = randomBytes(3 * 1024 * 1024);
  const site = await bootSite(t, { "digits.bin": "0123456789", "large.bin": content, empty: "" });
  for (const [range, status, text, contentRange] of [
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=-2", 206, "89", "bytes 8-9/10"],
    ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=8-99", 206, "89", "bytes 8-9/10"],
    ["BYTES=9-9", 206, "9", "bytes 9-9/10"],
    ["bytes=10-", 416, undefined, "bytes */10"],
    ["bytes=-0", 416, undefined, "bytes */10"],
    // Several at once may be answered with the whole, as may what makes no sense.
    ["bytes=0-1,4-5", 200, "0123456789", undefined],
    ["bytes=5-2", 200, "0123456789", undefined],
    ["bytes=a-b", 200, "0123456789", undefined],
    ["lines=0-1", 200, "0123456789", undefined],
  ] as const) {
    const answer = await site.get("/static/alice/digits.bin", { range });
    assert.deepEqual([answer.status, answer.headers["content-range"]], [status, contentRange], range);
    if (text !== undefined) assert.equal(answer.bytes.toString(), text);
    else assert.match(answer.bytes.toString(), /"code":"range_not_satisfiable"/);
  }
  const tail = await site.get("/static/alice/large.bin", { range: "bytes=-1000000" });
  assert.equal(tail.status, 206);
  assert.ok(tail.bytes.equals(content.subarray(-1_000_000)));
  assert.equal((await site.get("/static/alice/empty", { range: "bytes=0-" })).status, 416);
  assert.equal((await site.get("/static/alice/empty")).status, 200);
});

test("a part is sent only of the content that the client has the rest of", async (t) => {
  const site = await bootSite(t, { "a.js": script });
  const { headers } = await site.get("/static/alice/a.js");
  for (const [condition, status] of [
    [headers.etag, 206],
    [headers["last-modified"], 206],
    ['"other"', 200],
    [`W/${headers.etag}`, 200],
    [new Date(0).toUTCString(), 200],
  ] as const) {
    const answer = await site.get("/static/alice/a.js", {
      range: "bytes=5-9",
      "if-range": String(condition),
      // A range is counted in the file's own bytes, so nothing is compressed.
      "accept-encoding": "br",
    });
    assert.equal(answer.status, status, String(condition));
    assert.equal(answer.headers["content-encoding"], undefined);
    assert.equal(answer.bytes.toString(), status === 206 ? script.slice(5, 10) : script);
  }
});
