import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { HttpErrorCode } from "../../src/protocol/errors.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { Answer, Api, Sent } from "../support/api.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { ShiftedClock } from "../support/shifted-clock.ts";

const json = { "content-type": "application/json" };
const put = (api: Api, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  api.send("PUT", path, { body, headers: { ...json, ...headers } });

function assertProblem(answer: Answer, status: number, code: HttpErrorCode, sentence = /\.$/): void {
  assert.equal(answer.status, status, answer.text);
  const body = answer.json();
  assert.partialDeepStrictEqual(body, { code });
  assert.ok(typeof body === "object" && body !== null && "error" in body && typeof body.error === "string");
  assert.match(body.error, sentence);
}

test("a value is put, got, listed and deleted", async (t) => {
  const { api } = await bootOrchestrator(t);
  const made = await put(api, "/api/db/alice/mykey", { value: { name: "Alice", count: 42 } });
  assert.deepEqual([made.status, made.json()], [201, { key: "mykey", version: 1, exists: true }]);

  const got = await api.get("/api/db/alice/mykey");
  assert.equal(got.status, 200);
  assert.deepEqual(got.json(), {
    key: "mykey",
    value: { name: "Alice", count: 42 },
    exists: true,
    version: 1,
  });
  assert.match(String(got.headers["content-type"]), /^application\/json/);
  assert.equal(got.headers["cache-control"], "no-store");

  const replaced = await put(api, "/api/db/alice/mykey", { value: null });
  assert.deepEqual([replaced.status, replaced.json()], [200, { key: "mykey", version: 2, exists: true }]);
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/mykey")).json(), { value: null, exists: true });

  for (const path of ["/api/db/alice/?prefix=my", "/api/db/alice?prefix=my", "/api/db/alice/"]) {
    assert.deepEqual((await api.get(path)).json(), { keys: ["mykey"], count: 1, cursor: null });
  }
  const gone = await api.send("DELETE", "/api/db/alice/mykey");
  assert.deepEqual([gone.status, gone.text], [204, ""]);
  for (const method of ["GET", "DELETE"]) {
    const missing = await api.send(method, "/api/db/alice/mykey");
    assertProblem(missing, 404, "key_not_found");
    assert.partialDeepStrictEqual(missing.json(), { key: "mykey", exists: false });
  }
});

test("a value is answered as it was written", async (t) => {
  const { api } = await bootOrchestrator(t);
  const value = '{"n": 12345678901234567890.10, "s":"\\u00e9é\\ud83d", "again":{"value":1}, "e":1E2 }';
  await put(api, "/api/db/alice/k", `{ "value" : ${value} , "ttl": 60 }`);
  const { text } = await api.get("/api/db/alice/k");
  assert.ok(text.startsWith(`{"key":"k","value":${value},"exists":true,"version":1,"expires_at":"`), text);
});

test("a key is whatever follows the namespace, decoded once", async (t) => {
  const { api } = await bootOrchestrator(t);
  const keys = [
    "a/b//c/",
    "/",
    "..",
    "%2e",
    "100%",
    "a?b#c",
    "a+b c",
    "\0",
    "é😀",
    "a\\b",
    "%252F",
    "\u{10ffff}",
  ];
  for (const key of keys) {
    const made = await put(api, `/api/db/alice/${encodeURIComponent(key)}`, { value: key });
    assert.deepEqual(made.json(), { key, version: keys.indexOf(key) + 1, exists: true });
  }
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/a/b//c/?")).json(), { value: "a/b//c/" });
  const list = await api.get("/api/db/alice/");
  assert.partialDeepStrictEqual(list.json(), { count: keys.length });
});

test("any text of up to a kibibyte is a key", async (t) => {
  const { api } = await bootOrchestrator(t);
  const longest = "é".repeat(512);
  await put(api, `/api/db/alice/${encodeURIComponent(longest)}`, { value: "longest" });
  assert.partialDeepStrictEqual((await api.get(`/api/db/alice/${encodeURIComponent(longest)}`)).json(), {
    key: longest,
    value: "longest",
  });
  const text = fc.string({ minLength: 1, maxLength: 60, unit: "binary" }).filter((key) => key.isWellFormed());
  await fc.assert(
    fc.asyncProperty(text, fc.jsonValue(), async (key, value) => {
      const path = `/api/db/alice/${encodeURIComponent(key)}`;
      assert.ok((await put(api, path, { value })).status < 300);
      const got = await api.get(path);
      assert.partialDeepStrictEqual(got.json(), {
        key,
        value: JSON.parse(JSON.stringify(value)),
        exists: true,
      });
      assert.equal((await api.send("DELETE", path)).status, 204);
    }),
    { numRuns: 50 },
  );
});

test("two namespaces cannot see each other's keys", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/db/alice/k", { value: "alice's" });
  await put(api, "/api/db/bob/k", { value: "bob's" });
  await put(api, "/api/db/bob/only", { value: 1 });
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/k")).json(), { value: "alice's", version: 1 });
  assert.deepEqual((await api.get("/api/db/alice/")).json(), { keys: ["k"], count: 1, cursor: null });
  assert.equal((await api.get("/api/db/alice/only")).status, 404);
  for (const path of ["../bob/only", "..%2fbob%2fonly", "%2e%2e/bob/only", "bob/only"]) {
    assert.equal((await api.get(`/api/db/alice/${path}`)).status, 404, path);
  }
  await api.send("DELETE", "/api/db/bob/k");
  assert.equal((await api.get("/api/db/alice/k")).status, 200);
});

test("a write can demand the version it knows, or that there is none", async (t) => {
  const { api } = await bootOrchestrator(t);
  const path = "/api/db/alice/k";
  const stale = async (headers: Readonly<Record<string, string>>, version: number) => {
    const answer = await put(api, path, { value: "lost" }, headers);
    assertProblem(answer, 412, "version_mismatch");
    assert.partialDeepStrictEqual(answer.json(), { details: { key: "k", version } });
  };
  await stale({ "if-match": '"1"' }, 0);
  await stale({ "if-match": "*" }, 0);
  const made = await put(api, path, { value: 1 }, { "if-none-match": "*" });
  assert.deepEqual([made.status, made.headers.etag], [201, '"1"']);
  await stale({ "if-none-match": "*" }, 1);
  await stale({ "if-match": '"7"' }, 1);
  assert.equal((await put(api, path, { value: 2 }, { "if-match": '"1"' })).headers.etag, '"2"');
  assert.equal((await put(api, path, { value: 3 }, { "if-match": "2" })).headers.etag, '"3"');
  assert.equal((await put(api, path, { value: 4 }, { "if-match": "*" })).headers.etag, '"4"');
  const refused = await api.send("DELETE", path, { headers: { "if-match": '"3"' } });
  assertProblem(refused, 412, "version_mismatch");
  assert.equal((await api.send("DELETE", path, { headers: { "if-match": '"4"' } })).status, 204);
  assert.equal((await put(api, path, { value: 5 })).headers.etag, '"5"');
});

test("whoever has a value already is not sent it again", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/db/alice/k", { value: 1 });
  const { headers } = await api.get("/api/db/alice/k");
  assert.equal(headers.etag, '"1"');
  const same = await api.get("/api/db/alice/k", { "if-none-match": '"1"' });
  assert.deepEqual([same.status, same.text], [304, ""]);
  assert.equal((await api.get("/api/db/alice/k", { "if-none-match": '"2"' })).status, 200);
});

test("of 64 writers that know the same version, one wins", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/db/alice/k", { value: 0 });
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, n) =>
      put(api, "/api/db/alice/k", { value: n + 1 }, { "if-match": '"1"' }),
    ),
  );
  const winners = answers.flatMap(({ status }, n) => (status === 200 ? [n + 1] : []));
  assert.equal(winners.length, 1);
  assert.equal(answers.filter(({ status }) => status === 412).length, 63);
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/k")).json(), { value: winners[0] });
});

test("a value with a ttl is gone when its time is up", async (t) => {
  const clock = new ShiftedClock();
  const { api } = await bootOrchestrator(t, { clock });
  await put(api, "/api/db/alice/k", { value: 1, ttl: 3600 });
  const { expires_at } = (await api.get("/api/db/alice/k")).json() as { expires_at: string };
  assert.ok(Math.abs(Date.parse(expires_at) - clock.now() - 3_600_000) < 60_000);
  clock.shift(3_500_000);
  assert.equal((await api.get("/api/db/alice/k")).status, 200);
  clock.shift(101_000);
  assert.equal((await api.get("/api/db/alice/k")).status, 404);
  assert.deepEqual((await api.get("/api/db/alice/")).json(), { keys: [], count: 0, cursor: null });
});

test("pages of a list follow one another", async (t) => {
  const { api } = await bootOrchestrator(t);
  const keys = Array.from({ length: 120 }, (_, n) => `user/${String(n).padStart(3, "0")}`);
  for (const key of [...keys, "other"]) await put(api, `/api/db/alice/${key}`, { value: 1 });
  const found: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = `prefix=user%2F${cursor && `&cursor=${cursor}`}`;
    const answer = await api.get(`/api/db/alice/?${query}`);
    const page = answer.json() as { keys: string[]; count: number; cursor: string | null };
    assert.equal(page.count, page.keys.length);
    found.push(...page.keys);
    cursor = page.cursor;
  }
  assert.deepEqual(found, keys);
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/?limit=3")).json(), { count: 3 });
});

test("a batch does all it says and tells what came of each operation", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/db/alice/old", { value: [1, 2] });
  const answer = await api.post(
    "/api/db/alice",
    `{"ops": [{"op":"check","key":"old","version":1},{"op":"check","key":"new","version":0},
      {"op":"set","key":"new","value":{"big": 12345678901234567890},"ttl":60},{"op":"get","key":"new"},
      {"op":"increment","key":"n"},{"op":"increment","key":"n","by":41},{"op":"delete","key":"old","if_version":1},
      {"op":"get","key":"old"}]}`,
    json,
  );
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.text, /"value":\{"big": 12345678901234567890\}/);
  const { results } = answer.json() as { results: readonly unknown[] };
  assert.deepEqual(results[0], { op: "check", key: "old" });
  assert.deepEqual(results[2], { op: "set", key: "new", version: 2, created: true });
  assert.partialDeepStrictEqual(results[3], { op: "get", key: "new", exists: true, version: 2 });
  assert.deepEqual(results[5], { op: "increment", key: "n", value: 42, version: 4 });
  assert.deepEqual(results[6], { op: "delete", key: "old", deleted: true });
  assert.deepEqual(results[7], { op: "get", key: "old", exists: false });
  assert.deepEqual((await api.get("/api/db/alice")).json(), { keys: ["n", "new"], count: 2, cursor: null });
});

test("a batch of which one operation is refused does nothing", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/db/alice/text", { value: "x" });
  const before = (await api.get("/api/db/alice/text")).text;
  const doomed: readonly [object, HttpErrorCode, number][] = [
    [{ op: "check", key: "text", version: 9 }, "version_mismatch", 412],
    [{ op: "set", key: "text", value: 1, if_version: 0 }, "version_mismatch", 412],
    [{ op: "increment", key: "text" }, "not_a_counter", 409],
    [{ op: "get", key: "" }, "invalid_key", 400],
  ];
  for (const [op, code, status] of doomed) {
    const ops = [
      { op: "set", key: "a", value: 1 },
      { op: "delete", key: "text" },
      { op: "set", key: "text", value: "y" },
    ];
    const answer = await api.post("/api/db/alice/", { ops: [...ops, op] });
    assertProblem(answer, status, code);
    if (status !== 400) assert.partialDeepStrictEqual(answer.json(), { details: { index: 3 } });
  }
  assert.equal((await api.get("/api/db/alice/text")).text, before);
  assert.equal((await api.get("/api/db/alice/a")).status, 404);
});

test("increments from many clients add up", async (t) => {
  const { api } = await bootOrchestrator(t);
  const ops = [{ op: "increment", key: "n", by: 2 }];
  await Promise.all(Array.from({ length: 100 }, () => api.post("/api/db/alice", { ops })));
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/n")).json(), { value: 200 });
});

test("what was acknowledged is there after a restart", async (t) => {
  const first = await bootOrchestrator(t);
  await put(first.api, "/api/db/alice/k", { value: "kept" });
  await first.stop();
  const second = await bootOrchestrator(t, { flags: { dataDir: first.dataDir } });
  assert.partialDeepStrictEqual((await second.api.get("/api/db/alice/k")).json(), {
    value: "kept",
    version: 1,
  });
});

test("reading what was never written leaves no trace on the disk", async (t) => {
  const { api, dataDir } = await bootOrchestrator(t);
  assert.equal((await api.get("/api/db/nobody/k")).status, 404);
  assert.equal((await api.get("/api/db/nobody/")).status, 200);
  assert.equal((await api.send("DELETE", "/api/db/nobody/k")).status, 404);
  assert.deepEqual(await readdir(join(dataDir, "kv")), []);
});

const mebibyte = "x".repeat(limits.kvValueBytesMax);
const refusals: readonly [name: string, method: string, path: string, Sent, number, HttpErrorCode, RegExp][] =
  [
    ["no body", "PUT", "k", { headers: json }, 400, "invalid_json", /body is empty/],
    [
      "a body that is not JSON",
      "PUT",
      "k",
      { body: "{", headers: json },
      400,
      "invalid_json",
      /ends too early/,
    ],
    [
      "another type",
      "PUT",
      "k",
      { body: "1", headers: { "content-type": "text/plain" } },
      415,
      "unsupported_media_type",
      /send JSON/,
    ],
    ["no value", "PUT", "k", { body: {} }, 400, "invalid_request", /^value must be given/],
    [
      "an unknown field",
      "PUT",
      "k",
      { body: { value: 1, tll: 1 } },
      400,
      "invalid_request",
      /unknown field "tll"/i,
    ],
    ["a ttl of nothing", "PUT", "k", { body: { value: 1, ttl: 0 } }, 400, "invalid_request", /^ttl must be/],
    [
      "a ttl beyond reason",
      "PUT",
      "k",
      { body: { value: 1, ttl: 1e12 } },
      400,
      "invalid_request",
      /^ttl must be at most/,
    ],
    [
      "a value too large",
      "PUT",
      "k",
      { body: { value: mebibyte } },
      413,
      "payload_too_large",
      /larger than 1048576 bytes/,
    ],
    [
      "a key too long",
      "PUT",
      "k".repeat(1025),
      { body: { value: 1 } },
      400,
      "invalid_key",
      /at most 1024 bytes/,
    ],
    ["no key", "PUT", "", { body: { value: 1 } }, 400, "invalid_key", /must not be empty/],
    ["a key that is not UTF-8", "GET", "%ff", {}, 400, "invalid_request", /percent-encoding/],
    ["half an escape", "GET", "%4", {}, 400, "invalid_request", /percent-encoding/],
    ["a parameter beside a key", "GET", "k?limit=1", {}, 400, "invalid_request", /parameter "limit"/],
    ["a limit of nothing", "GET", "?limit=0", {}, 400, "invalid_request", /^limit must be at least 1/],
    ["a cursor of one's own", "GET", "?cursor=!", {}, 400, "invalid_request", /^cursor must be one/],
    ["a prefix too long", "GET", `?prefix=${"k".repeat(1025)}`, {}, 400, "invalid_key", /prefix/],
    [
      "a tag that is no version",
      "PUT",
      "k",
      { body: { value: 1 }, headers: { ...json, "if-match": '"x"' } },
      400,
      "invalid_request",
      /If-Match must be/,
    ],
    [
      "a weak tag",
      "PUT",
      "k",
      { body: { value: 1 }, headers: { ...json, "if-match": 'W/"1"' } },
      400,
      "invalid_request",
      /If-Match must be/,
    ],
    [
      "a tag where only a star fits",
      "PUT",
      "k",
      { body: { value: 1 }, headers: { ...json, "if-none-match": '"1"' } },
      400,
      "invalid_request",
      /must be \*/,
    ],
    [
      "two conditions",
      "DELETE",
      "k",
      { headers: { "if-match": "*", "if-none-match": "*" } },
      400,
      "invalid_request",
      /cannot both/,
    ],
    [
      "a batch to a key",
      "POST",
      "k",
      { body: { ops: [] } },
      405,
      "method_not_allowed",
      /batches go to the namespace/,
    ],
    [
      "an empty batch",
      "POST",
      "",
      { body: { ops: [] } },
      400,
      "invalid_request",
      /^ops must have at least one/,
    ],
    [
      "an unknown operation",
      "POST",
      "",
      { body: { ops: [{ op: "drop", key: "k" }] } },
      400,
      "invalid_request",
      /^ops\[0\]\.op must be one of/,
    ],
    [
      "half an operation",
      "POST",
      "",
      { body: { ops: [{ op: "set", key: "k" }] } },
      400,
      "invalid_request",
      /^ops\[0\]\.value/,
    ],
    [
      "a batch too long",
      "POST",
      "",
      { body: { ops: Array.from({ length: 1001 }, () => ({ op: "get", key: "k" })) } },
      400,
      "invalid_request",
      /at most 1000 items/,
    ],
    ["another method", "PATCH", "k", { body: {} }, 405, "method_not_allowed", /not PATCH/],
  ];

test("what cannot be done is refused with a sentence", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const [name, method, path, sent, status, code, sentence] of refusals) {
    await t.test(name, async () => {
      const headers = sent.headers ?? (sent.body === undefined ? {} : json);
      const answer = await api.send(method, `/api/db/alice/${path}`, { ...sent, headers });
      assertProblem(answer, status, code, sentence);
    });
  }
  for (const namespace of ["Alice", "api", "a.b", "-a", "a".repeat(64), "%2e%2e"]) {
    assertProblem(await api.get(`/api/db/${namespace}/k`), 400, "invalid_request", /^namespace /);
  }
  assert.deepEqual((await api.get("/api/db/alice/")).json(), { keys: [], count: 0, cursor: null });
});
