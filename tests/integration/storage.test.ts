import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import type { HttpErrorCode } from "../../src/protocol/errors.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { Answer, Api } from "../support/api.ts";
import { eventually } from "../support/eventually.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { beginGet, rawGet } from "../support/raw-get.ts";
import { exchange } from "../support/raw-http.ts";
import { spawnOrchestrator } from "../support/spawn.ts";

const MiB = 1024 * 1024;
const put = (api: Api, path: string, body: string | Uint8Array) =>
  api.send("PUT", path, { body, headers: { "content-type": "application/x-www-form-urlencoded" } });
const hashOf = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

function assertProblem(answer: Answer, status: number, code: HttpErrorCode): void {
  assert.equal(answer.status, status, answer.text);
  assert.partialDeepStrictEqual(answer.json(), { code });
}

/** The contents that lie on the disk, wherever they are on their way. */
async function contents(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, "storage"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("index.db"))
    .map(({ name }) => name);
}

test("a file is uploaded, downloaded, listed and deleted", async (t) => {
  const { api } = await bootOrchestrator(t);
  const page = "<h1>hello</h1>\n";
  const stored = await put(api, "/api/storage/alice/site/index.html", page);
  assert.equal(stored.status, 201, stored.text);
  const modified = (stored.json() as { modified: string }).modified;
  const entry = { path: "site/index.html", size: 15, type: "text/html", etag: hashOf(page), modified };
  assert.deepEqual(stored.json(), { namespace: "alice", ...entry, url: "/static/alice/site/index.html" });
  assert.ok(Math.abs(Date.parse(modified) - Date.now()) < 60_000);

  const got = await api.get("/api/storage/alice/site/index.html");
  assert.deepEqual([got.status, got.text], [200, page]);
  assert.partialDeepStrictEqual(got.headers, {
    "content-type": "text/html; charset=utf-8",
    "content-length": "15",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    etag: `"${hashOf(page)}"`,
  });
  assert.equal((await api.get("/static/alice/site/index.html")).text, page);
  const head = await api.send("HEAD", "/api/storage/alice/site/index.html");
  assert.deepEqual([head.status, head.text, head.headers["content-length"]], [200, "", "15"]);

  for (const path of ["/api/storage/alice/?prefix=site/", "/api/storage/alice", "/api/storage/alice/"]) {
    assert.deepEqual((await api.get(path)).json(), { files: [entry], count: 1, cursor: null });
  }
  const gone = await api.send("DELETE", "/api/storage/alice/site/index.html");
  assert.deepEqual([gone.status, gone.text], [204, ""]);
  for (const method of ["GET", "DELETE"]) {
    assertProblem(await api.send(method, "/api/storage/alice/site/index.html"), 404, "file_not_found");
  }
});

test("replacing a file answers 201 as well, and the new one at once", async (t) => {
  const { api, dataDir } = await bootOrchestrator(t);
  for (const content of ["one", "two", ""]) {
    assert.equal((await put(api, "/api/storage/alice/f.txt", content)).status, 201);
    assert.equal((await api.get("/api/storage/alice/f.txt")).text, content);
    assert.equal((await api.get("/static/alice/f.txt")).text, content);
  }
  await eventually(async () => (await contents(dataDir)).length === 1);
});

test("names are whatever they are after one decoding", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const path of ["a b.txt", "ünïcode/日本語.html", "100%.txt", "a?b#c", "+", "index.html;v=1"]) {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    const stored = await put(api, `/api/storage/alice/${encoded}`, path);
    assert.partialDeepStrictEqual(stored.json(), { path, url: `/static/alice/${encoded}` });
    assert.equal((await api.get(`/static/alice/${encoded}`)).text, path);
  }
});

const traversals = [
  "..",
  "../secret",
  "../../../etc/passwd",
  "a/../../secret",
  "./secret",
  "a/./b",
  "%2e%2e/secret",
  "%2e%2e%2fsecret",
  "%2E%2E%2Fsecret",
  ".%2e/secret",
  "..%2fsecret",
  "..%5csecret",
  "%252e%252e%252fsecret",
  "%25252e%25252e%25252fsecret",
  "%c0%ae%c0%ae/secret",
  "%e0%80%ae/secret",
  "%ef%bc%8e%ef%bc%8e/secret",
  "..\\secret",
  "a\\..\\..\\secret",
  "%5c%5cserver%5cshare",
  "/etc/passwd",
  "//etc/passwd",
  "%2fetc%2fpasswd",
  "C:/secret",
  "c%3asecret",
  "secret%00.html",
  "%00",
  "a%0ab",
  "a%7f",
  "a//b",
  "a/%20/b",
  "a./b",
  "...",
  "con",
  "a/NUL.txt",
  "COM1.html",
  `${"a".repeat(256)}`,
  `${"%C3%A9".repeat(128)}`,
  `${"a/".repeat(513)}b`,
  "%zz",
  "%ff",
];

test("a path that would lead elsewhere gets 400 in every spelling, and touches nothing", async (t) => {
  const { api, url, dataDir } = await bootOrchestrator(t);
  await put(api, "/api/storage/bob/secret", "bob's");
  const before = (await contents(dataDir)).sort();
  for (const path of traversals) {
    await t.test(JSON.stringify(path.slice(0, 60)), async () => {
      for (const base of ["/api/storage/alice", "/static/alice"]) {
        for (const method of base === "/static/alice" ? ["GET", "HEAD"] : ["PUT", "GET", "HEAD", "DELETE"]) {
          const body = method === "PUT" ? "intruder" : "";
          // Past every client that would tidy the path up.
          const answer = await exchange(
            url,
            `${method} ${base}/${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
              `Content-Length: ${body.length}\r\n\r\n${body}`,
          );
          assert.match(answer, /^HTTP\/1\.1 400 /, `${method} ${base}/${path}`);
        }
      }
    });
  }
  assert.deepEqual((await contents(dataDir)).sort(), before);
  assert.partialDeepStrictEqual((await api.get("/api/storage/alice")).json(), { count: 0 });
  assert.equal((await api.get("/api/storage/bob/secret")).text, "bob's");
});

test("two namespaces cannot see each other's files", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/storage/alice/f.txt", "alice's");
  await put(api, "/api/storage/bob/f.txt", "bob's");
  await put(api, "/api/storage/bob/only.txt", "bob's");
  assert.equal((await api.get("/api/storage/alice/f.txt")).text, "alice's");
  assert.equal((await api.get("/static/alice/f.txt")).text, "alice's");
  assert.partialDeepStrictEqual((await api.get("/api/storage/alice")).json(), { count: 1 });
  for (const path of ["/api/storage/alice/only.txt", "/static/alice/only.txt", "/static/alice/bob/f.txt"]) {
    assertProblem(await api.get(path), 404, "file_not_found");
  }
  assert.equal((await api.send("DELETE", "/api/storage/alice/only.txt")).status, 404);
  assert.equal((await api.get("/api/storage/bob/only.txt")).text, "bob's");
});

test("a path is a file or a folder, never both", async (t) => {
  const { api } = await bootOrchestrator(t);
  await put(api, "/api/storage/alice/a/b", "1");
  assertProblem(await put(api, "/api/storage/alice/a", "2"), 409, "path_conflict");
  assertProblem(await put(api, "/api/storage/alice/a/b/c", "2"), 409, "path_conflict");
  assert.partialDeepStrictEqual((await api.get("/api/storage/alice")).json(), { count: 1 });
});

test("pages of a list follow one another", async (t) => {
  const { api } = await bootOrchestrator(t);
  const paths = Array.from({ length: 12 }, (_, n) => `css/${String(n).padStart(2, "0")}.css`);
  for (const path of [...paths, "index.html"]) await put(api, `/api/storage/alice/${path}`, path);
  const found: string[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: string = `prefix=css/&limit=5${cursor && `&cursor=${cursor}`}`;
    const answer = await api.get(`/api/storage/alice/?${query}`);
    const page = answer.json() as { files: { path: string }[]; cursor: string | null };
    found.push(...page.files.map((file) => file.path));
    cursor = page.cursor;
  }
  assert.deepEqual(found, paths);
  assertProblem(await api.get("/api/storage/alice/?cursor=!"), 400, "invalid_request");
  assertProblem(await api.get("/api/storage/alice/?order=size"), 400, "invalid_request");
});

test("a folder is listed with its own files and its folders, page by page", async (t) => {
  const { api } = await bootOrchestrator(t);
  const paths = ["a.txt", "css/a.css", "css/img/b.png", "css/z.css", "z.txt"];
  for (const path of paths) await put(api, `/api/storage/alice/${path}`, "x");
  const page = async (query: string) =>
    (await api.get(`/api/storage/alice/?delimiter=/&${query}`)).json() as {
      files: { path: string }[];
      folders: string[];
      cursor: string | null;
    };
  const css = await page("prefix=css/");
  assert.deepEqual(
    [css.files.map(({ path }) => path), css.folders],
    [["css/a.css", "css/z.css"], ["css/img/"]],
  );
  const first = await page("limit=2");
  assert.deepEqual([first.files.map(({ path }) => path), first.folders], [["a.txt"], ["css/"]]);
  const second = await page(`limit=2&cursor=${first.cursor}`);
  assert.deepEqual(
    [second.files.map(({ path }) => path), second.folders, second.cursor],
    [["z.txt"], [], null],
  );
  assertProblem(await api.get("/api/storage/alice/?delimiter=-"), 400, "invalid_request");
});

test("an upload whose client leaves in the middle leaves nothing", async (t) => {
  const { api, url, dataDir } = await bootOrchestrator(t);
  await put(api, "/api/storage/alice/f", "as it was");
  for (const path of ["f", "new"]) {
    const upload = request(url, {
      method: "PUT",
      path: `/api/storage/alice/${path}`,
      headers: { "content-length": 50 * MiB },
    });
    upload.on("error", () => {});
    upload.write(Buffer.alloc(5 * MiB));
    await eventually(async () => (await contents(dataDir)).length === 2);
    upload.destroy();
    await eventually(async () => (await contents(dataDir)).length === 1);
  }
  assert.equal((await api.get("/api/storage/alice/f")).text, "as it was");
  assertProblem(await api.get("/api/storage/alice/new"), 404, "file_not_found");
});

test("a file that says it is too large is refused before it is sent", async (t) => {
  const { api, dataDir } = await bootOrchestrator(t);
  const length = { "content-length": String(limits.fileBytesMax + 1) };
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const upload = request(api.url, { method: "PUT", path: "/api/storage/alice/f", headers: length });
  upload.on("response", (response) => resolve(response.statusCode)).on("error", reject);
  upload.flushHeaders();
  assert.equal(await promise, 413);
  upload.destroy();
  assert.deepEqual(await contents(dataDir), []);
});

test("a large file comes back unchanged, whole and in part", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const content = randomBytes(9 * MiB + 123);
  const stored = await put(api, "/api/storage/alice/large.bin", content);
  assert.partialDeepStrictEqual(stored.json(), { size: content.length, etag: hashOf(content) });
  for (const path of ["/api/storage/alice/large.bin", "/static/alice/large.bin"]) {
    const whole = await rawGet(url, path);
    assert.equal(whole.headers["content-length"], String(content.length));
    assert.ok(whole.bytes.equals(content));
    const part = await rawGet(url, path, { range: "bytes=1000000-5000000" });
    assert.equal(part.status, 206);
    assert.ok(part.bytes.equals(content.subarray(1_000_000, 5_000_001)));
    const head = await rawGet(url, path, {}, "HEAD");
    assert.deepEqual([head.headers["content-length"], head.bytes.length], [String(content.length), 0]);
  }
});

test("a download that has begun ends with the file it began with", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const content = Buffer.alloc(64 * MiB, randomBytes(1021));
  await put(api, "/api/storage/alice/f", content);
  const response = await beginGet(url, "/api/storage/alice/f");
  await put(api, "/api/storage/alice/f", "new");
  assert.equal((await api.get("/api/storage/alice/f")).text, "new");
  assert.equal((await api.send("DELETE", "/api/storage/alice/f")).status, 204);
  assert.equal(hashOf(await buffer(response)), hashOf(content));
});

test("readers see one file or the other, whole, however often it is replaced", async (t) => {
  const { api, url, dataDir } = await bootOrchestrator(t);
  // Held in memory, and streamed.
  const sizes: Readonly<Record<string, number>> = { small: 2000, large: 3 * MiB };
  const contentOf = (path: string, round: number) => Buffer.alloc(sizes[path] ?? 0, `${round} of ${path} `);
  for (const path of Object.keys(sizes)) await put(api, `/api/storage/alice/${path}`, contentOf(path, 0));
  let writing = true;
  const writers = Object.keys(sizes).map(async (path) => {
    for (let round = 1; round <= 40; round++)
      await put(api, `/api/storage/alice/${path}`, contentOf(path, round));
    writing = false;
  });
  let reads = 0;
  const readers = Array.from({ length: 8 }, async (_, n) => {
    const path = n % 2 === 0 ? "small" : "large";
    while (writing) {
      const answer = await rawGet(url, `/static/alice/${path}`);
      assert.equal(answer.status, 200, answer.bytes.toString());
      const round = Number.parseInt(answer.bytes.toString("latin1", 0, 4), 10);
      assert.ok(answer.bytes.equals(contentOf(path, round)), `a torn ${path}`);
      assert.equal(answer.headers.etag, `"${hashOf(answer.bytes)}"`);
      reads++;
    }
  });
  await Promise.all([...writers, ...readers]);
  assert.ok(reads > 8);
  await eventually(async () => (await contents(dataDir)).length === 2);
});

/** How many blobs this process has open; the orchestrator under test lives in it. */
async function openBlobs(dataDir: string): Promise<number> {
  const descriptors = await readdir("/proc/self/fd");
  const targets = await Promise.all(
    descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")),
  );
  return targets.filter((target) => target.startsWith(join(dataDir, "storage", "blobs"))).length;
}

test("a client that leaves during a download leaves no file open", async (t) => {
  const { api, url, dataDir } = await bootOrchestrator(t);
  await put(api, "/api/storage/alice/f", Buffer.alloc(64 * MiB));
  for (let n = 0; n < 5; n++) {
    const response = await beginGet(url, "/api/storage/alice/f");
    await once(response, "readable");
    assert.ok((await openBlobs(dataDir)) > 0);
    response.destroy();
  }
  await eventually(async () => (await openBlobs(dataDir)) === 0);
  assert.equal((await rawGet(url, "/api/storage/alice/f", { range: "bytes=0-9" })).bytes.length, 10);
});

test("files are there after a restart", async (t) => {
  const first = await bootOrchestrator(t);
  await put(first.api, "/api/storage/alice/f.txt", "kept");
  await first.stop();
  const second = await bootOrchestrator(t, { flags: { dataDir: first.dataDir } });
  assert.equal((await second.api.get("/static/alice/f.txt")).text, "kept");
});

async function peakMemoryMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

async function uploadZeros(
  t: TestContext,
  url: URL,
  path: string,
  bytes: number,
): Promise<number | undefined> {
  const upload = request(url, { method: "PUT", path, headers: { "content-length": bytes } });
  t.after(() => upload.destroy());
  const answered = once(upload, "response");
  const piece = Buffer.alloc(MiB);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (!upload.write(piece)) await once(upload, "drain");
  }
  upload.end();
  const [response] = await answered;
  response.resume();
  return response.statusCode;
}

test("a file much larger than the memory it may take goes up and down", { timeout: 120_000 }, async (t) => {
  const { api, url, process: child } = await spawnOrchestrator(t);
  await put(api, "/api/storage/alice/small", "so that all code has run once");
  await api.get("/api/storage/alice/small");
  const before = await peakMemoryMb(child.pid);
  const bytes = 512 * MiB;
  assert.equal(await uploadZeros(t, url, "/api/storage/alice/large", bytes), 201);
  const response = await beginGet(url, "/api/storage/alice/large");
  let received = 0;
  for await (const chunk of response) received += chunk.length;
  assert.equal(received, bytes);
  const grown = (await peakMemoryMb(child.pid)) - before;
  assert.ok(grown < 200, `it took ${Math.round(grown)} MB more`);
});
