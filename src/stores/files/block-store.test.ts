import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { blockStoreContract } from "../../../tests/contracts/block-store.ts";
import { cidOf } from "../../blocks/cid.ts";
import { AppError } from "../../stdx/errors.ts";
import type { Cid } from "../../stdx/ids.ts";
import { FileBlockStore } from "./block-store.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const fails = (cid: Cid) => assert.fail(`${cid} was called damaged`);

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-blocks-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function fileOf(directory: string, cid: Cid): string {
  return join(directory, cid.slice(-3, -1), cid);
}

blockStoreContract("files", async (t) => {
  const directory = directoryFor(t);
  const reopen = () => FileBlockStore.open({ directory, onDamaged: fails });
  return { store: await reopen(), reopen };
});

test("a damaged file is not answered, is set aside, and is reported once", async (t) => {
  const directory = directoryFor(t);
  const damaged: [Cid, string][] = [];
  const open = () =>
    FileBlockStore.open({ directory, onDamaged: (cid, path) => void damaged.push([cid, path]) });
  const cid = await (await open()).put(bytesOf("as it was"));
  writeFileSync(fileOf(directory, cid), "as it is!");
  const store = await open();

  assert.deepEqual(await Promise.all([store.get(cid), store.get(cid)]), [undefined, undefined]);
  assert.equal(await store.has(cid), false);
  assert.deepEqual(damaged, [[cid, `${fileOf(directory, cid)}.damaged`]]);
  assert.equal(readFileSync(`${fileOf(directory, cid)}.damaged`, "utf8"), "as it is!");
});

test("storing the bytes again repairs a damaged file", async (t) => {
  const directory = directoryFor(t);
  const store = await FileBlockStore.open({ directory, onDamaged: fails });
  const cid = await store.put(bytesOf("as it was"));
  writeFileSync(fileOf(directory, cid), "cut of");

  assert.equal(await store.put(bytesOf("as it was")), cid);
  assert.equal(readFileSync(fileOf(directory, cid), "utf8"), "as it was");
  assert.deepEqual(Buffer.from((await store.get(cid)) ?? []), Buffer.from("as it was"));
});

test("a repair that comes between the reading and the setting aside is kept", async (t) => {
  const directory = directoryFor(t);
  const store = await FileBlockStore.open({ directory, onDamaged: () => {} });
  const cid = await store.put(bytesOf("as it was"));
  for (let round = 0; round < 20; round++) {
    writeFileSync(fileOf(directory, cid), "cut of");
    const fresh = await FileBlockStore.open({ directory, onDamaged: () => {} });
    await Promise.all([fresh.get(cid), fresh.put(bytesOf("as it was")), fresh.get(cid)]);
    assert.equal(readFileSync(fileOf(directory, cid), "utf8"), "as it was");
  }
});

test("what a crash left half written is cleared away at start", async (t) => {
  const directory = directoryFor(t);
  mkdirSync(join(directory, "parts"));
  writeFileSync(join(directory, "parts", "half"), "ha");
  await FileBlockStore.open({ directory, onDamaged: fails });
  assert.deepEqual(readdirSync(join(directory, "parts")), []);
});

test("a write that fails leaves no part behind and no block", async (t) => {
  const directory = directoryFor(t);
  const store = await FileBlockStore.open({ directory, onDamaged: fails });
  const cid = await cidOf(bytesOf("in the way"));
  // A directory of the block's name can't be replaced by a file.
  mkdirSync(join(fileOf(directory, cid), "full"), { recursive: true });

  await assert.rejects(store.put(bytesOf("in the way")), { code: "storage_unavailable" });
  assert.deepEqual(readdirSync(join(directory, "parts")), []);
  assert.equal(await store.has(cid), false);
  assert.ok(await store.put(bytesOf("another")), "the store goes on");
});

test("a directory that cannot be used is named in a sentence", async (t) => {
  const file = join(directoryFor(t), "file");
  writeFileSync(file, "");
  await assert.rejects(
    FileBlockStore.open({ directory: join(file, "blocks"), onDamaged: fails }),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "storage_unavailable");
      assert.match(
        error.message,
        /^The block directory .*file\/blocks cannot be used: a part of the path is not/,
      );
      return true;
    },
  );
});

test("a text that is no CID reaches no file", async (t) => {
  const directory = directoryFor(t);
  const store = await FileBlockStore.open({ directory: join(directory, "blocks"), onDamaged: fails });
  writeFileSync(join(directory, "secret"), "secret");
  const path = "../../secret" as Cid;
  assert.equal(await store.has(path), false);
  assert.equal(await store.get(path), undefined);
});

test("the cache answers the blocks used last without the disk, within its bytes", async (t) => {
  const directory = directoryFor(t);
  const store = await FileBlockStore.open({ directory, onDamaged: fails, cacheBytesMax: 10 });
  const [first, second, third] = await Promise.all(
    ["1111", "2222", "3333"].map((x) => store.put(bytesOf(x))),
  );
  const tooLarge = await store.put(bytesOf("larger than the cache"));
  assert.ok(first && second && third);
  for (const cid of [first, second, first, third, tooLarge]) assert.ok(await store.get(cid));
  for (const cid of [first, second, third, tooLarge]) rmSync(fileOf(directory, cid));

  assert.ok(await store.get(first));
  assert.ok(await store.get(third));
  assert.equal(await store.get(second), undefined, "the least recently used made room");
  assert.equal(await store.get(tooLarge), undefined);
});
