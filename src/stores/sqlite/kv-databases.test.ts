import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ManualClock } from "../../stdx/clock.ts";
import { AppError } from "../../stdx/errors.ts";
import { checkedJsonText, jsonTextOf } from "../../stdx/json-text.ts";
import { noLog } from "../../stdx/log.ts";
import { SqliteKvStore } from "./kv-store.ts";

const minuteMs = 60_000;
const everything = { prefix: "", after: undefined, limit: 1000 };
const set = (key: string, value = "1", expiresAt?: number) =>
  ({ op: "set", key, valueJson: checkedJsonText(value), expiresAt, condition: undefined }) as const;
const remove = (key: string) => ({ op: "delete", key, condition: undefined }) as const;

async function withStore(
  run: (store: SqliteKvStore, clock: ManualClock, directory: string) => Promise<void>,
  openMax = 64,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-kv-"));
  const clock = new ManualClock();
  try {
    await using store = new SqliteKvStore({ directory, clock, log: noLog, openMax });
    await run(store, clock, directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Sweeping goes on over several turns of the event loop; a few hundred are more than it needs here. */
async function settle(done: () => Promise<boolean>): Promise<void> {
  for (let turns = 0; !(await done()); turns++) {
    assert.ok(turns < 10_000, "it never happened");
    await nextTurn();
  }
}

test("reading a namespace that was never written to makes no file", () =>
  withStore(async (store, _clock, directory) => {
    assert.equal(await store.get("alice", "k"), undefined);
    assert.deepEqual(await store.list("alice", everything), []);
    assert.deepEqual(await store.delete("alice", remove("k")), { op: "delete", deleted: false });
    assert.deepEqual(
      await store.batch("alice", [
        { op: "get", key: "k" },
        { op: "check", key: "k", condition: 0 },
        remove("k"),
      ]),
      [{ op: "get", entry: undefined }, { op: "check" }, { op: "delete", deleted: false }],
    );
    await assert.rejects(
      store.delete("alice", { ...remove("k"), condition: 3 }),
      (error: unknown) => error instanceof AppError && error.code === "version_mismatch",
    );
    assert.deepEqual(await readdir(directory), []);
    assert.equal(store.openCount, 0);
  }));

test("a name that is no namespace reaches no path", () =>
  withStore(async (store, _clock, directory) => {
    for (const name of ["../alice", "a/b", "", ".", "Alice", "a\0", "api"]) {
      await assert.rejects(store.set(name, set("k")));
      await assert.rejects(store.get(name, "k"));
    }
    assert.deepEqual(await readdir(directory), []);
  }));

test("no more files than the bound are open, and those closed early lose nothing", () =>
  withStore(async (store) => {
    const namespaces = Array.from({ length: 20 }, (_, n) => `user${n}`);
    // None of these waits for another, so files are closed while writes to them are still waiting.
    await Promise.all(
      namespaces.map((namespace) => store.set(namespace, set("k", JSON.stringify(namespace)))),
    );
    assert.equal(store.openCount, 4);
    for (const namespace of namespaces) {
      assert.equal((await store.get(namespace, "k"))?.valueJson, JSON.stringify(namespace));
      assert.ok(store.openCount <= 4);
    }
  }, 4));

test("the file used least recently is the one that is closed", () =>
  withStore(async (store, _clock, directory) => {
    for (const namespace of ["a", "b"]) await store.set(namespace, set("k"));
    await store.get("a", "k");
    await store.set("c", set("k"));
    await settle(async () => !(await readdir(directory)).includes("b.db-wal"));
    assert.ok((await readdir(directory)).includes("a.db-wal"));
  }, 2));

test("a file that nobody uses for a minute is closed, and its log with it", () =>
  withStore(async (store, clock, directory) => {
    await store.set("alice", set("k"));
    clock.advance(minuteMs - 5000);
    await store.get("alice", "k");
    clock.advance(minuteMs - 5000);
    assert.equal(store.openCount, 1);
    await settle(async () => {
      clock.advance(5000);
      await nextTurn();
      return store.openCount === 0;
    });
    assert.deepEqual(await readdir(directory), ["alice.db"]);
    assert.equal((await store.get("alice", "k"))?.version, 1);
  }));

test("what has expired is removed soon, and its room given back", () =>
  withStore(async (store, clock, directory) => {
    const path = join(directory, "alice.db");
    const large = JSON.stringify("x".repeat(20_000));
    await store.set("alice", set("stays"));
    for (let n = 0; n < 20; n++) {
      const keys = Array.from({ length: 50 }, (_, k) => `${n}/${k}`);
      await store.batch(
        "alice",
        keys.map((key) => set(key, large, clock.now() + 1000)),
      );
    }
    clock.advance(1000);
    clock.advance(5000);
    await settle(async () => {
      if (store.openCount > 0) clock.advance(minuteMs + 5000);
      return store.openCount === 0 && (await stat(path)).size < 100_000;
    });
    assert.deepEqual(await store.list("alice", everything), ["stays"]);
  }));

test("deleting a namespace's last key leaves no growth", () =>
  withStore(async (store, clock, directory) => {
    const path = join(directory, "alice.db");
    const sizes: number[] = [];
    for (let round = 0; round < 4; round++) {
      const keys = Array.from({ length: 200 }, (_, k) => `${round}/${k}`);
      await store.batch(
        "alice",
        keys.map((key) => set(key, JSON.stringify("y".repeat(10_000)))),
      );
      await store.batch("alice", keys.map(remove));
      clock.advance(5000);
      await settle(async () => {
        if (store.openCount > 0) clock.advance(minuteMs + 5000);
        return store.openCount === 0 && (await readdir(directory)).length === 1;
      });
      sizes.push((await stat(path)).size);
    }
    assert.ok(Math.max(...sizes) < 64 * 1024, `sizes are ${sizes}`);
    assert.equal(sizes[3], sizes[0]);
  }));

test("files that nobody opens any more are swept as well", async () => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-kv-"));
  const clock = new ManualClock();
  const large = JSON.stringify("x".repeat(100_000));
  {
    await using store = new SqliteKvStore({ directory, clock, log: noLog });
    for (const name of ["alice", "bob"]) {
      for (let n = 0; n < 10; n++) await store.set(name, set(`${n}`, large, clock.now() + 1000));
    }
  }
  const total = async () =>
    (await stat(join(directory, "alice.db"))).size + (await stat(join(directory, "bob.db"))).size;
  assert.ok((await total()) > 2_000_000);
  {
    await using store = new SqliteKvStore({ directory, clock, log: noLog });
    await settle(async () => {
      clock.advance(5000);
      await nextTurn();
      return store.openCount === 0 && (await total()) < 100_000;
    });
  }
  await rm(directory, { recursive: true });
});

test("a file that is no database refuses reads and writes with a sentence, and is left as it was", () =>
  withStore(async (store, _clock, directory) => {
    const path = join(directory, "alice.db");
    await writeFile(path, "this is a text and not a database at all\n".repeat(100));
    const refused = (error: unknown) => error instanceof AppError && error.code === "storage_unavailable";
    await assert.rejects(store.get("alice", "k"), refused);
    await assert.rejects(store.set("alice", set("k")), refused);
    assert.equal((await stat(path)).size, 4100);
    await store.set("bob", { ...set("k"), valueJson: jsonTextOf(1) });
  }));
