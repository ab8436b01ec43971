import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { readWhole } from "../../src/namespaces/file-bodies.ts";
import { parseFilePath } from "../../src/namespaces/file-path.ts";
import type { FileContent, FileStore, StoredFile } from "../../src/namespaces/file-store.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { AppError } from "../../src/stdx/errors.ts";

/** A store that can be closed and opened again with what it kept. */
export interface FileStoreHarness extends AsyncDisposable {
  open(clock: ManualClock): Promise<FileStore & AsyncDisposable>;
  /** How many contents lie on the disk, whole or in part, once everything under way is done. */
  contents(store: FileStore): Promise<number>;
}

const bytesMax = 64 * 1024 * 1024;
const everything = { prefix: "", after: undefined, limit: 10_000 };

function* inPieces(content: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

async function* streamOf(content: string | Uint8Array, pieceBytes = 1000): AsyncGenerator<Uint8Array> {
  yield* inPieces(Buffer.from(content), pieceBytes);
}

async function readAll(store: FileStore, file: StoredFile | undefined): Promise<string> {
  assert.ok(file);
  const bytes = await readWhole(store, file);
  assert.ok(bytes);
  return bytes.toString("latin1");
}

/** What is read in one go, from a position on. */
async function readPart(content: FileContent, position: number, length: number): Promise<string> {
  const buffer = Buffer.alloc(length, "?");
  const read = await content.readInto(buffer, position);
  return buffer.toString("latin1", 0, read);
}

const hashOf = (content: string) => createHash("sha256").update(content, "latin1").digest("hex");
const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

/** What every FileStore does, wherever it keeps the bytes. */
export function fileStoreContract(name: string, makeHarness: () => Promise<FileStoreHarness>): void {
  async function withStore(
    run: (store: FileStore, harness: FileStoreHarness, clock: ManualClock) => Promise<void>,
  ): Promise<void> {
    await using harness = await makeHarness();
    const clock = new ManualClock();
    await using store = await harness.open(clock);
    await run(store, harness, clock);
  }
  const put = (store: FileStore, namespace: string, path: string, content: string | Uint8Array) =>
    store.put(namespace, parseFilePath(path), streamOf(content), bytesMax);

  describe(`${name}: files`, () => {
    test("a file comes back as it was stored, with its size, type, hash and time", () =>
      withStore(async (store, _harness, clock) => {
        const content = "<h1>hello</h1>\0\xff".repeat(500);
        const bytes = Buffer.from(content, "latin1");
        const { file, created } = await put(store, "alice", "a/index.html", bytes);
        assert.equal(created, true);
        assert.deepEqual(
          { ...file, blob: undefined },
          {
            path: "a/index.html",
            size: bytes.length,
            type: "text/html",
            etag: hashOf(content),
            modified: clock.now(),
            blob: undefined,
          },
        );
        assert.deepEqual(await store.find("alice", file.path), file);
        assert.equal(await readAll(store, file), content);
      }));

    test("an empty file is a file", () =>
      withStore(async (store) => {
        const { file } = await put(store, "alice", "empty", "");
        assert.equal(file.size, 0);
        assert.equal(await readAll(store, file), "");
      }));

    test("any part of a file can be read", () =>
      withStore(async (store) => {
        const { file } = await put(store, "alice", "digits", "0123456789");
        await using content = await store.open(file);
        assert.ok(content);
        assert.equal(await readPart(content, 2, 3), "234");
        assert.equal(await readPart(content, 9, 5), "9");
        assert.equal(await readPart(content, 0, 10), "0123456789");
        assert.equal(await readPart(content, 10, 1), "");
      }));

    test("a large file passes through unchanged", () =>
      withStore(async (store) => {
        const content = Buffer.alloc(20 * 1024 * 1024 + 7, "0123456789abcdef-");
        const path = parseFilePath("large.bin");
        const { file } = await store.put("alice", path, streamOf(content, 60_000), bytesMax);
        assert.equal(file.etag, createHash("sha256").update(content).digest("hex"));
        assert.ok((await readWhole(store, file))?.equals(content));
      }));

    test("two namespaces share nothing", () =>
      withStore(async (store) => {
        const path = parseFilePath("f.txt");
        await put(store, "alice", "f.txt", "alice's");
        await put(store, "bob", "f.txt", "bob's");
        await put(store, "bob", "bobs/own.txt", "x");
        assert.equal(await readAll(store, await store.find("alice", path)), "alice's");
        assert.deepEqual(
          (await store.list("alice", everything)).map((file) => file.path),
          ["f.txt"],
        );
        assert.equal(await store.delete("alice", parseFilePath("bobs/own.txt")), false);
        assert.equal(await store.delete("bob", path), true);
        assert.equal(await readAll(store, await store.find("alice", path)), "alice's");
        assert.deepEqual(await store.usage("alice"), { files: 1, bytes: 7 });
        assert.deepEqual(await store.usage("bob"), { files: 1, bytes: 1 });
        assert.deepEqual(await store.usage("carol"), { files: 0, bytes: 0 });
      }));

    test("namespaces are named in order with how many files each has, and those without any are not", () =>
      withStore(async (store) => {
        await put(store, "bob", "a.txt", "x");
        await put(store, "bob", "b.txt", "x");
        await put(store, "alice", "a.txt", "x");
        await put(store, "carol", "a.txt", "x");
        await store.delete("carol", parseFilePath("a.txt"));
        const all = { prefix: "", after: undefined, limit: 10 };
        assert.deepEqual(await store.countByNamespace(all), [
          { name: "alice", count: 1 },
          { name: "bob", count: 2 },
        ]);
        assert.deepEqual(await store.countByNamespace({ ...all, after: "alice" }), [
          { name: "bob", count: 2 },
        ]);
        assert.deepEqual(await store.countByNamespace({ ...all, prefix: "a", limit: 1 }), [
          { name: "alice", count: 1 },
        ]);
      }));
  });

  describe(`${name}: replacing and deleting`, () => {
    test("a reader that began before reads the old file to its end", () =>
      withStore(async (store, harness) => {
        const old = Buffer.alloc(4 * 1024 * 1024, "old");
        const { file } = await store.put("alice", parseFilePath("f"), streamOf(old, 100_000), bytesMax);
        await using replacedUnder = await store.open(file);
        const { file: newer, created } = await put(store, "alice", "f", "new");
        assert.equal(created, false);
        await using deletedUnder = await store.open(newer);
        assert.equal(await store.delete("alice", newer.path), true);
        assert.equal(await harness.contents(store), 0);
        assert.ok(replacedUnder && deletedUnder);
        assert.equal(await readPart(replacedUnder, 0, old.length), old.toString());
        assert.equal(await readPart(deletedUnder, 0, 10), "new");
      }));

    test("a file that is gone cannot be opened by what is known of it", () =>
      withStore(async (store, harness) => {
        const { file } = await put(store, "alice", "f", "old");
        await put(store, "alice", "f", "new");
        assert.equal(await harness.contents(store), 1);
        assert.equal(await store.open(file), undefined);
        await store.delete("alice", file.path);
        assert.equal(await store.find("alice", file.path), undefined);
        assert.equal(await store.delete("alice", file.path), false);
        assert.deepEqual(await store.usage("alice"), { files: 0, bytes: 0 });
      }));

    test("of uploads to one path at once, one stays, whole", () =>
      withStore(async (store, harness) => {
        const contents = Array.from({ length: 20 }, (_, n) => String(n).repeat(5000 + n));
        await Promise.all(contents.map((content) => put(store, "alice", "f", content)));
        const file = await store.find("alice", parseFilePath("f"));
        const found = await readAll(store, file);
        assert.ok(contents.includes(found));
        assert.equal(file?.etag, hashOf(found));
        assert.deepEqual(await store.usage("alice"), { files: 1, bytes: found.length });
        assert.equal(await harness.contents(store), 1);
      }));

    test("an upload that breaks off or is too long changes nothing and leaves nothing", () =>
      withStore(async (store, harness) => {
        await put(store, "alice", "f", "as it was");
        async function* broken(): AsyncGenerator<Uint8Array> {
          yield* inPieces(Buffer.alloc(3 * 1024 * 1024), 65_536);
          throw new Error("the connection broke");
        }
        const path = parseFilePath("f");
        for (const target of [path, parseFilePath("other")]) {
          await assert.rejects(store.put("alice", target, broken(), bytesMax), /the connection broke/);
          const tooLong = store.put("alice", target, streamOf("x".repeat(5001)), 5000);
          await assert.rejects(tooLong, refusal("payload_too_large"));
        }
        assert.equal(await readAll(store, await store.find("alice", path)), "as it was");
        assert.equal(await harness.contents(store), 1);
        assert.deepEqual(await store.usage("alice"), { files: 1, bytes: 9 });
        const { file } = await store.put("alice", path, streamOf("x".repeat(5000)), 5000);
        assert.equal(file.size, 5000);
      }));

    test("a path is a file or a folder, never both", () =>
      withStore(async (store, harness) => {
        await put(store, "alice", "a/b", "1");
        for (const path of ["a", "a/b/c", "a/b/c/d"]) {
          await assert.rejects(put(store, "alice", path, "2"), refusal("path_conflict"));
        }
        const raced = await Promise.allSettled([
          put(store, "alice", "x", "1"),
          put(store, "alice", "x/y", "1"),
        ]);
        assert.deepEqual(raced.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
        await put(store, "alice", "a/b0", "beside");
        await put(store, "alice", "a-", "beside");
        await put(store, "bob", "a", "another namespace");
        await store.delete("alice", parseFilePath("a/b"));
        await assert.rejects(put(store, "alice", "a", "2"), refusal("path_conflict"));
        await store.delete("alice", parseFilePath("a/b0"));
        await put(store, "alice", "a", "2");
        assert.equal(await harness.contents(store), 4);
      }));
  });

  describe(`${name}: lists`, () => {
    test("pages of a prefix follow one another without gap or repetition", () =>
      withStore(async (store) => {
        const paths = Array.from({ length: 25 }, (_, n) => `css/${String(n).padStart(2, "0")}.css`);
        for (const path of [...paths, "css0", "cs", "js/a.js"]) await put(store, "alice", path, path);
        const found: StoredFile[] = [];
        for (let after: string | undefined; ; after = found.at(-1)?.path) {
          const page = await store.list("alice", { prefix: "css/", after, limit: 10 });
          found.push(...page);
          if (page.length < 10) break;
        }
        assert.deepEqual(
          found.map((file) => file.path),
          paths,
        );
        assert.deepEqual(found[3], await store.find("alice", parseFilePath("css/03.css")));
      }));
  });

  describe(`${name}: agreement with a model`, () => {
    test("10,000 random operations with reopenings between agree with a map", {
      timeout: 180_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 500, maxLength: 500, size: "max" }), async (steps) => {
          await using harness = await makeHarness();
          const clock = new ManualClock();
          const model = new Map<string, string>();
          let store = await harness.open(clock);
          try {
            for (const each of steps) {
              if (each.kind === "reopen") {
                await store[Symbol.asyncDispose]();
                store = await harness.open(clock);
              } else {
                await agreesOn(store, model, each);
              }
            }
            assert.equal(await harness.contents(store), model.size);
          } finally {
            await store[Symbol.asyncDispose]();
          }
        }),
        { numRuns: 20 },
      );
    });
  });
}

const namespace = fc.constantFrom("alice", "bob");
const path = fc.constantFrom("a", "a/b", "a/b/c", "a/d", "b", "b/c.txt", "c.html", "é/é", "z", "z.z/z");
const place = { namespace, path };

const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("put" as const), ...place, content: fc.string() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("break" as const), ...place }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("get" as const), ...place }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("delete" as const), ...place }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("list" as const),
      namespace,
      prefix: fc.oneof(fc.constant(""), path),
      after: fc.option(path, { nil: undefined }),
      limit: fc.integer({ min: 1, max: 10 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);
type Step = Exclude<typeof step extends fc.Arbitrary<infer Value> ? Value : never, { kind: "reopen" }>;

/** Does the same with the store and the model, whose keys are `namespace:path`, and compares what comes of it. */
async function agreesOn(store: FileStore, model: Map<string, string>, step: Step): Promise<void> {
  const beginning = `${step.namespace}:`;
  const mine = [...model.keys()]
    .filter((key) => key.startsWith(beginning))
    .map((key) => key.slice(beginning.length));
  if (step.kind === "list") {
    const { prefix, after, limit } = step;
    const expected = mine
      .filter((each) => each.startsWith(prefix) && (after === undefined || each > after))
      .sort()
      .slice(0, limit);
    const found = await store.list(step.namespace, { prefix, after, limit });
    assert.deepEqual(
      found.map((file) => file.path),
      expected,
    );
    return;
  }
  const target = parseFilePath(step.path);
  const key = beginning + step.path;
  switch (step.kind) {
    case "put": {
      const blocked = mine.some((each) => each.startsWith(`${target}/`) || target.startsWith(`${each}/`));
      const putting = store.put(step.namespace, target, streamOf(step.content, 3), bytesMax);
      if (blocked) {
        await assert.rejects(putting, refusal("path_conflict"));
      } else {
        assert.equal((await putting).created, !model.has(key));
        model.set(key, step.content);
      }
      break;
    }
    case "break": {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.from("half of it");
        throw new Error("broken");
      }
      await assert.rejects(store.put(step.namespace, target, broken(), bytesMax));
      break;
    }
    case "get": {
      const file = await store.find(step.namespace, target);
      const expected = model.get(key);
      assert.equal(file === undefined, expected === undefined);
      if (file) assert.equal((await readWhole(store, file))?.toString(), expected);
      break;
    }
    case "delete":
      assert.equal(await store.delete(step.namespace, target), model.delete(key));
      break;
  }
  const contents = [...model].filter(([each]) => each.startsWith(beginning)).map(([, content]) => content);
  const bytes = contents.reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  assert.deepEqual(await store.usage(step.namespace), { files: contents.length, bytes });
}
