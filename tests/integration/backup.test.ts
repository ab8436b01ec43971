import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as tar from "tar";
import { dataFormat } from "../../src/stores/data-format.ts";
import type { Api } from "../support/api.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { runToEnd, spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir } from "../support/worker.ts";

/** `zerverless backup` and `restore`: real processes beside an orchestrator that is being written to. */

const env = { CACHE_DIR: testCacheDir, HOME: "/nonexistent" };
const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

async function zerverless(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(args, env);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function refused(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(args, env);
  assert.notEqual(code, 0, stdout);
  return stderr;
}

async function pathFor(t: TestContext, name: string): Promise<string> {
  return join(await temporaryDirectory(t), name);
}

/** Writes to everything an orchestrator keeps, round after round, until told to stop. */
class Writers {
  /** The last round that was acknowledged whole. */
  round = 0;
  readonly jobs: string[] = [];
  files = 0;
  readonly #api: Api;
  #stopping = false;
  readonly #running: Promise<unknown>;

  constructor(api: Api) {
    this.#api = api;
    this.#running = Promise.all([this.#counters(), this.#jobs(), this.#files()]);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#running;
  }

  /** Two keys that are only ever written together: whoever finds them apart has torn a transaction. */
  async #counters(): Promise<void> {
    while (!this.#stopping) {
      const value = this.round + 1;
      const set = (key: string) => ({ op: "set", key, value });
      const { status } = await this.#api.post("/api/db/alice", { ops: [set("left"), set("right")] });
      assert.equal(status, 200);
      this.round = value;
    }
  }

  async #jobs(): Promise<void> {
    while (!this.#stopping) {
      const answer = await this.#api.post("/api/jobs", { job_type: "js", code: `/*${"x".repeat(5000)}*/` });
      assert.equal(answer.status, 201);
      this.jobs.push((answer.json() as { id: string }).id);
    }
  }

  /** Each file is replaced again and again, so that blobs vanish all the time. */
  async #files(): Promise<void> {
    for (let n = 0; !this.#stopping; n++) {
      const body = `${n} `.repeat(3000);
      const { status } = await this.#api.send("PUT", `/api/storage/alice/site/${n % 20}.txt`, { body });
      assert.equal(status, 201);
      this.files++;
    }
  }
}

async function listed<Item>(api: Api, path: string, field: string): Promise<readonly Item[]> {
  const answer = (await api.get(path)).json() as Record<string, Item[]>;
  return answer[field] ?? [];
}

interface StoredFile {
  readonly path: string;
  readonly etag: string;
}

async function checkFiles(api: Api): Promise<readonly StoredFile[]> {
  const files = await listed<StoredFile>(api, "/api/storage/alice/?limit=1000", "files");
  for (const { path, etag } of files) {
    const { status, text } = await api.get(`/api/storage/alice/${path}`);
    assert.deepEqual([status, hash("sha256", text)], [200, etag], path);
  }
  return files;
}

async function numberAt(api: Api, key: string): Promise<number> {
  return ((await api.get(`/api/db/alice/${key}`)).json() as { value: number }).value;
}

test("a backup that is made while everything is written to holds what was acknowledged before, and nothing torn", {
  timeout: 120_000,
}, async (t) => {
  const first = await spawnOrchestrator(t, { env });
  const uploaded = await first.api.send("POST", "/api/wasm", {
    body: emptyModule,
    headers: { "content-type": "application/wasm" },
  });
  const { cid } = uploaded.json() as { cid: string };
  const writers = new Writers(first.api);
  while (writers.round < 50 || writers.jobs.length < 20 || writers.files < 20)
    await new Promise((resolve) => setImmediate(resolve));
  const before = { round: writers.round, jobs: [...writers.jobs] };
  const file = await pathFor(t, "backup.tar");
  assert.match(await zerverless("backup", file, "--data-dir", first.dataDir), /3 databases and \d+ files/);
  const after = writers.round;
  await writers.stop();
  assert.ok(after > before.round, "nothing was written meanwhile, so nothing was shown");

  const dataDir = await pathFor(t, "restored");
  await zerverless("restore", file, "--data-dir", dataDir);
  const second = await spawnOrchestrator(t, { env, dataDir });
  const [left, right] = [await numberAt(second.api, "left"), await numberAt(second.api, "right")];
  assert.equal(left, right);
  assert.ok(left >= before.round && left <= after + 1, `${before.round} <= ${left} <= ${after}`);
  for (const id of before.jobs) {
    assert.partialDeepStrictEqual((await second.api.get(`/api/jobs/${id}`)).json(), {
      id,
      status: "pending",
    });
  }
  assert.equal((await checkFiles(second.api)).length, 20);
  assert.equal((await second.api.get(`/ipfs/${cid}`)).status, 200);
});

test("what is restored is what there was: jobs, databases, files, functions, secrets and the node's name", {
  timeout: 120_000,
}, async (t) => {
  const first = await spawnOrchestrator(t, { env, args: ["--workers", "1"] });
  const { api } = first;
  const done = await api.post("/api/jobs?wait=30", {
    job_type: "js",
    code: "[INPUT, 'done']",
    input_data: 7,
  });
  assert.partialDeepStrictEqual(done.json(), { status: "completed" });
  const code = "function handle() { return { body: 'deployed' }; }";
  assert.equal((await api.post("/api/deploy/alice/f", { runtime: "js", code })).status, 201);
  await api.send("PUT", "/api/db/bob/k", { body: { value: { deep: [1, 2, 3] } } });
  await api.send("PUT", "/api/storage/alice/a/b.txt", { body: "hello" });
  const pages = [
    "/api/jobs",
    "/api/deploy/alice/f",
    "/api/db/bob/k",
    "/api/webhooks/alice",
    "/api/storage/alice/",
  ];
  const shown = async (from: Api) => {
    const texts = [];
    for (const page of pages) texts.push((await from.get(page)).text.replaceAll(/http:\/\/[\d.]+:\d+/g, ""));
    const { node_id } = (await from.get("/info")).json() as { node_id: string };
    return [...texts, node_id];
  };
  const file = await pathFor(t, "backup.tar");
  await zerverless("backup", file, "--data-dir", first.dataDir);
  const expected = await shown(api);
  first.process.kill("SIGTERM");
  await first.ended;
  const dataDir = await pathFor(t, "restored");
  await zerverless("restore", file, "--data-dir", dataDir);
  const second = await spawnOrchestrator(t, { env, dataDir, args: ["--workers", "1"] });
  assert.deepEqual(await shown(second.api), expected);
  await checkFiles(second.api);
  assert.deepEqual(
    (await readdir(dataDir)).filter((name) => /backup|restore/.test(name)),
    [],
  );
});

test("a restore refuses what is not empty, what is in use, and what is no whole backup, and leaves nothing behind", {
  timeout: 120_000,
}, async (t) => {
  const { dataDir, api } = await spawnOrchestrator(t, { env });
  await api.send("PUT", "/api/storage/alice/big", { body: "x".repeat(200_000) });
  const file = await pathFor(t, "backup.tar");
  await zerverless("backup", file, "--data-dir", dataDir);
  assert.match(await refused("backup", file, "--data-dir", dataDir), /is there already, and is not replaced/);
  const inside = join(dataDir, "backup.tar");
  assert.match(await refused("backup", inside, "--data-dir", dataDir), /a backup belongs elsewhere/);
  assert.match(await refused("backup", `${file}2`, "--data-dir", "/nonexistent"), /no orchestrator's data/);
  assert.match(await refused("restore", file, "--data-dir", dataDir), /in use by another Zerverless process/);

  const target = await temporaryDirectory(t);
  const stranger = join(target, "notes.txt");
  await writeFile(stranger, "mine");
  assert.match(await refused("restore", file, "--data-dir", target), /is not empty/);
  assert.equal(await readFile(stranger, "utf8"), "mine");

  const fresh = await pathFor(t, "fresh");
  await truncate(file, 150_000);
  for (const [name, bytes] of [
    ["cut.tar", await readFile(file)],
    ["text.tar", "no tar at all"],
  ] as const) {
    const broken = await pathFor(t, name);
    await writeFile(broken, bytes);
    assert.match(await refused("restore", broken, "--data-dir", fresh), /is not a whole backup/, name);
  }
  const left = await readdir(fresh);
  assert.deepEqual(
    left.filter((name) => name !== "zerverless.lock"),
    [],
  );
});

test("a backup of a newer format is refused with a sentence", { timeout: 60_000 }, async (t) => {
  const home = await temporaryDirectory(t);
  const manifest = {
    zerverless_backup: 1,
    format: 99,
    version: "9.0.0",
    made_at: "",
    databases: 0,
    files: 0,
  };
  await writeFile(join(home, "backup.json"), JSON.stringify(manifest));
  const file = join(home, "newer.tar");
  await tar.create({ file, cwd: home }, ["backup.json"]);
  const said = await refused("restore", file, "--data-dir", join(home, "data"));
  assert.match(
    said,
    /has format 99, but this program knows only formats up to \d+\. Use the newer Zerverless/,
  );
});

/** A tar file of these entries between a backup's own first and last. */
function tarOf(entries: readonly tar.HeaderData[]): Buffer {
  const manifest = {
    zerverless_backup: 1,
    format: dataFormat,
    version: "0",
    made_at: "",
    databases: 0,
    files: 0,
  };
  const ends = [
    ["backup.json", JSON.stringify(manifest)],
    ["end.json", "{}"],
  ] as const;
  const [first, last] = ends.map(([path, text]) => tarEntry({ path, mode: 0o600 }, text));
  const between = entries.map((entry) => tarEntry(entry, entry.type ? "" : "content"));
  return Buffer.concat([first, ...between, last, Buffer.alloc(1024)].filter((part) => part !== undefined));
}

function tarEntry(entry: tar.HeaderData, text: string): Buffer {
  const size = Buffer.byteLength(text);
  const block = Buffer.alloc(512 + Math.ceil(size / 512) * 512);
  const header: tar.HeaderData = { type: "File", mode: 0o600, mtime: new Date(0), ...entry, size };
  new tar.Header(header).encode(block);
  block.write(text, 512);
  return block;
}

test("a backup that leads out of the data directory, or is no backup of ours, leaves nothing behind", async (t) => {
  const home = await temporaryDirectory(t);
  const dataDir = join(home, "a/data");
  await mkdir(join(home, "a"));
  const hostile: tar.HeaderData[][] = [
    [{ path: "data/../../out" }],
    [{ path: "data//out" }],
    [{ path: "data/link", type: "SymbolicLink", linkpath: home }, { path: "data/link/out" }],
    [{ path: "data/link", type: "Link", linkpath: join(home, "out") }],
    [{ path: "data/pipe", type: "FIFO" }],
    [{ path: "data/zerverless.lock" }],
    [{ path: "elsewhere/out" }],
  ];
  for (const entries of hostile) {
    const file = join(home, "hostile.tar");
    await writeFile(file, tarOf([{ path: "data/blocks/one" }, ...entries]));
    assert.match(await refused("restore", file, "--data-dir", dataDir), /is not a whole backup/);
    assert.deepEqual(await readdir(home), ["a", "hostile.tar"]);
    assert.deepEqual(await readdir(dataDir), ["zerverless.lock"], JSON.stringify(entries));
  }
});

test("what is restored is its owner's to read alone, and nobody's to run, whatever the backup says", async (t) => {
  const home = await temporaryDirectory(t);
  const file = join(home, "open.tar");
  await writeFile(file, tarOf([{ path: "data/blocks/one", mode: 0o4777 }]));
  await zerverless("restore", file, "--data-dir", join(home, "data"));
  const { mode } = await stat(join(home, "data/blocks/one"));
  assert.equal(mode & 0o7777, 0o600);
});
