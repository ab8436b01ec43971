import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { ManualClock } from "../stdx/clock.ts";
import { AppError } from "../stdx/errors.ts";
import { noLog } from "../stdx/log.ts";
import { LocalFileStore } from "../stores/files/file-store.ts";
import { FileBodies, mayCompress } from "./file-bodies.ts";
import { parseFilePath } from "./file-path.ts";
import { FileService } from "./file-service.ts";
import type { FileStore, StoredFile } from "./file-store.ts";

const path = parseFilePath("a.js");

async function withStore(run: (store: LocalFileStore) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-files-"));
  try {
    await using store = await LocalFileStore.open({ directory, clock: new ManualClock(), log: noLog });
    await run(store);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function put(store: FileStore, content: string): Promise<StoredFile> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(content);
  }
  return (await store.put("alice", path, stream(), 1e9)).file;
}

test("what is done with a file is done again with its successor when it was replaced meanwhile", () =>
  withStore(async (store) => {
    const service = new FileService(store, 1e6);
    await put(store, "old");
    const seen: number[] = [];
    const content = await service.use("alice", path, async (file) => {
      seen.push(file.size);
      // As it happens to a request between its look at the index and its opening of the blob.
      if (seen.length === 1) await put(store, "newer");
      await store.removed();
      return service.body(file, "identity");
    });
    assert.equal(content?.toString(), "newer");
    assert.deepEqual(seen, [3, 5]);
  }));

test("what is done with a file comes to nothing when it is deleted meanwhile", () =>
  withStore(async (store) => {
    const service = new FileService(store, 1e6);
    await put(store, "old");
    const result = await service.use("alice", path, async (file) => {
      await store.delete("alice", path);
      await store.removed();
      return service.open(file);
    });
    assert.equal(result, undefined);
  }));

test("a file that can never be opened is told as a fault of the storage", () =>
  withStore(async (store) => {
    const service = new FileService(store, 1e6);
    await put(store, "content");
    await assert.rejects(
      service.use("alice", path, async () => undefined),
      (error: unknown) => error instanceof AppError && error.code === "storage_unavailable",
    );
  }));

test("a body is read and compressed once, however many ask for it at once and afterwards", () =>
  withStore(async (store) => {
    let opened = 0;
    const counted: Pick<FileStore, "open"> = {
      open: (file) => {
        opened++;
        return store.open(file);
      },
    };
    const bodies = new FileBodies(counted, 1e6);
    const content = "let a = 1;\n".repeat(1000);
    const file = await put(store, content);
    const asked = Array.from({ length: 30 }, (_, n) => bodies.body(file, n % 2 === 0 ? "br" : "gzip"));
    const [br, gzip] = await Promise.all(asked);
    assert.equal(opened, 1);
    assert.ok(br && gzip);
    assert.equal(brotliDecompressSync(br).toString(), content);
    assert.equal(gunzipSync(gzip).toString(), content);
    assert.equal(await bodies.body(file, "br"), br);
    assert.equal((await bodies.body(file, "identity"))?.toString(), content);
    assert.equal(opened, 1);
  }));

test("a body of a file that is gone is no body, and is not remembered", () =>
  withStore(async (store) => {
    const bodies = new FileBodies(store, 1e6);
    const file = await put(store, "x".repeat(2000));
    await store.delete("alice", path);
    await store.removed();
    for (const encoding of ["identity", "gzip", "br"] as const) {
      assert.equal(await bodies.body(file, encoding), undefined);
    }
  }));

test("text of a middling size is compressed, and nothing else", () => {
  const may = (type: string, size: number) =>
    mayCompress({ path, size, type, etag: "", modified: 0, blob: "b" as StoredFile["blob"] });
  for (const type of [
    "text/html",
    "text/javascript",
    "application/json",
    "image/svg+xml",
    "application/atom+xml",
  ]) {
    assert.deepEqual(
      [may(type, 1023), may(type, 1024), may(type, 1024 * 1024 + 1)],
      [false, true, false],
      type,
    );
  }
  for (const type of [
    "image/png",
    "video/mp4",
    "application/zip",
    "font/woff2",
    "application/octet-stream",
  ]) {
    assert.equal(may(type, 10_000), false, type);
  }
});
