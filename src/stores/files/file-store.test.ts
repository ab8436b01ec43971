import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileStoreContract } from "../../../tests/contracts/file-store.ts";
import { readWhole } from "../../namespaces/file-bodies.ts";
import { parseFilePath } from "../../namespaces/file-path.ts";
import { ManualClock } from "../../stdx/clock.ts";
import { AppError } from "../../stdx/errors.ts";
import { noLog } from "../../stdx/log.ts";
import { LocalFileStore } from "./file-store.ts";

const open = (directory: string) => LocalFileStore.open({ directory, clock: new ManualClock(), log: noLog });

async function temporary(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-files-"));
  try {
    await run(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function* streamOf(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}

/** All files below a directory but those of the index. */
async function contentFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("index.db"))
    .map((entry) => join(entry.parentPath, entry.name));
}

fileStoreContract("LocalFileStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-files-"));
  return {
    open: (clock) => LocalFileStore.open({ directory, clock, log: noLog }),
    async contents(store) {
      assert.ok(store instanceof LocalFileStore);
      await store.removed();
      return (await contentFiles(directory)).length;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
});

test("no name that a user chose reaches the file system", () =>
  temporary(async (directory) => {
    await using store = await open(directory);
    await store.put("alice", parseFilePath("secret/plan.html"), streamOf("x"), 10);
    const [file] = await contentFiles(directory);
    assert.match(file ?? "", /blobs\/([0-9a-f]{2})\/\1[0-9a-f]{30}$/);
    assert.ok(!JSON.stringify(await readdir(directory, { recursive: true })).includes("plan"));
  }));

test("at start, blobs that were taken in are moved to their place and others are removed", () =>
  temporary(async (directory) => {
    let path = "";
    {
      await using store = await open(directory);
      await store.put("alice", parseFilePath("kept.txt"), streamOf("kept"), 10);
      [path = ""] = await contentFiles(directory);
    }
    // As after a crash between the commit and the move, and another in the middle of an upload.
    const id = path.slice(-32);
    const incoming = join(directory, "incoming");
    await writeFile(join(incoming, id), await readFile(path));
    await rm(path);
    await writeFile(join(incoming, "0".repeat(32)), "half of an upl");
    await using store = await open(directory);
    assert.deepEqual(await contentFiles(directory), [path]);
    const file = await store.find("alice", parseFilePath("kept.txt"));
    assert.ok(file);
    assert.equal((await readWhole(store, file))?.toString(), "kept");
  }));

test("a blob that could not be moved is found where it is", () =>
  temporary(async (directory) => {
    await using store = await open(directory);
    await writeFile(join(directory, "blobs"), "in the way");
    const { file } = await store.put("alice", parseFilePath("f"), streamOf("content"), 10);
    assert.equal((await readWhole(store, file))?.toString(), "content");
    await rm(join(directory, "blobs"));
    await store.delete("alice", file.path);
    await store.removed();
    assert.deepEqual(await contentFiles(directory), []);
  }));

test("a symbolic link in the place of a blob is not followed", () =>
  temporary(async (directory) => {
    await writeFile(join(directory, "secret"), "secret");
    const files = join(directory, "files");
    await using store = await open(files);
    const { file } = await store.put("alice", parseFilePath("f"), streamOf("content"), 10);
    const [path = ""] = await contentFiles(files);
    await rm(path);
    await symlink(join(directory, "secret"), path);
    await assert.rejects(store.open(file));
  }));

test("a directory that cannot be used stops the start with a sentence that names it", () =>
  temporary(async (directory) => {
    await writeFile(join(directory, "files"), "");
    await assert.rejects(open(join(directory, "files")), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "storage_unavailable");
      assert.match(error.message, /^The files' directory .*files cannot be used: /);
      return true;
    });
  }));
