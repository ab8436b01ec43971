import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { CommitGroup, type GroupTail } from "./commit-group.ts";

function setUp(t: TestContext, operationsMax?: number) {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-commits-"));
  const path = join(directory, "test.db");
  const database = new DatabaseSync(path, { timeout: 0 });
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("CREATE TABLE words (word TEXT PRIMARY KEY) STRICT");
  database.exec(
    "CREATE TABLE parts (word TEXT NOT NULL REFERENCES words DEFERRABLE INITIALLY DEFERRED) STRICT",
  );
  /** Sees what is committed, and nothing else. */
  const onlooker = new DatabaseSync(path, { timeout: 0 });
  t.after(() => {
    onlooker.close();
    database.close();
    rmSync(directory, { recursive: true });
  });
  const add = database.prepare("INSERT INTO words VALUES (?)");
  const select = onlooker.prepare("SELECT word FROM words ORDER BY rowid");
  return {
    database,
    onlooker,
    group: new CommitGroup(database, operationsMax),
    add: (word: string) => () => {
      add.run(word);
      return word;
    },
    committed: () => select.all().map((row) => row.word),
  };
}

test("operations of one turn share one commit and resolve with what they returned", async (t) => {
  const { group, add, committed } = setUp(t);
  const words = ["a", "b", "c"].map((word) => group.run(add(word)));
  assert.deepEqual(committed(), [], "nothing is written before the turn is over");
  assert.deepEqual(await Promise.all(words), ["a", "b", "c"]);
  assert.deepEqual(committed(), ["a", "b", "c"]);
  assert.deepEqual(group.counters(), { commits: 1, failures: 0, operations: 3, sizes: [0, 0, 1] });
});

test("whoever hears of an operation finds it committed", async (t) => {
  const { group, add, committed } = setUp(t);
  await group.run(add("a")).then(() => assert.deepEqual(committed(), ["a"]));
});

test("a group that has grown large enough does not wait for the end of the turn", async (t) => {
  const { group, add, committed } = setUp(t, 2);
  const words = ["a", "b", "c"].map((word) => group.run(add(word)));
  assert.deepEqual(committed(), ["a", "b"]);
  await Promise.all(words);
  assert.deepEqual(group.counters().sizes, [1, 1]);
});

test("an operation that throws rejects alone and leaves nothing behind", async (t) => {
  const { group, add, committed } = setUp(t);
  const outcomes = await Promise.allSettled([
    group.run(add("a")),
    group.run(() => {
      add("half")();
      throw new Error("for reasons of its own");
    }),
    group.run(add("a")),
    group.run(add("b")),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === "fulfilled" ? outcome.value : outcome.reason.message)),
    ["a", "for reasons of its own", "UNIQUE constraint failed: words.word", "b"],
  );
  assert.deepEqual(committed(), ["a", "b"]);
});

test("a tail is written once per commit, with the sums of the operations that were kept", async (t) => {
  const { database, group, add, committed } = setUp(t);
  const insert = database.prepare("INSERT INTO words VALUES (?)");
  let sum = 0;
  let flushes = 0;
  const tail: GroupTail = {
    flush() {
      if (sum > 0) insert.run(`sum ${++flushes}: ${sum}`);
      sum = 0;
    },
    discard() {
      sum = 0;
    },
  };
  const count = (by: number, then: () => void = () => {}) => {
    return group.run(() => {
      sum += by;
      then();
    }, tail);
  };
  await Promise.all([count(1), count(2), count(4)]);
  assert.deepEqual(committed(), ["sum 1: 7"]);
  const outcomes = [count(8), count(16, () => assert.fail("no")), count(32, add("a"))];
  await Promise.allSettled(outcomes);
  assert.deepEqual(committed(), ["sum 1: 7", "sum 2: 8", "a", "sum 3: 32"]);
});

test("a full disk rejects the whole group, keeps nothing of it, and is tried again", async (t) => {
  const { database, group, add, committed } = setUp(t);
  await group.run(add("before"));
  const { page_count: pages } = database.prepare("PRAGMA page_count").get() ?? {};
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const outcomes = await Promise.allSettled([
    group.run(add("small")),
    group.run(add("x".repeat(20_000))),
    group.run(add("also small")),
  ]);
  for (const outcome of outcomes) {
    assert.ok(outcome.status === "rejected");
    assert.equal(outcome.reason.code, "storage_unavailable");
    assert.equal(outcome.reason.message, "The disk is full. Nothing was kept.");
  }
  assert.deepEqual(committed(), ["before"]);
  database.exec("PRAGMA max_page_count = 1000000");
  assert.equal(await group.run(add("after")), "after");
  assert.deepEqual(committed(), ["before", "after"]);
  assert.equal(group.counters().failures, 1);
});

test("a failure in the second, careful attempt rejects the whole group as well", async (t) => {
  const { database, group, add, committed } = setUp(t);
  await group.run(add("before"));
  const { page_count: pages } = database.prepare("PRAGMA page_count").get() ?? {};
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const outcomes = await Promise.allSettled([
    group.run(add("small")),
    group.run(() => assert.fail("its own")),
    group.run(add("x".repeat(20_000))),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code),
    ["storage_unavailable", "ERR_ASSERTION", "storage_unavailable"],
  );
  database.exec("PRAGMA max_page_count = 1000000");
  await group.run(add("after"));
  assert.deepEqual(committed(), ["before", "after"]);
});

test("a commit that fails rejects the whole group and does not block the next", async (t) => {
  const { database, group, add, committed } = setUp(t);
  const outcomes = await Promise.allSettled([
    group.run(add("a")),
    group.run(() => database.exec("INSERT INTO parts VALUES ('of nothing')")),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.message),
    ["FOREIGN KEY constraint failed", "FOREIGN KEY constraint failed"],
  );
  await group.run(add("b"));
  assert.deepEqual(committed(), ["b"]);
});

test("a database that another program holds is unavailable, and available again once it lets go", async (t) => {
  const { onlooker, group, add, committed } = setUp(t);
  onlooker.exec("BEGIN IMMEDIATE");
  await assert.rejects(group.run(add("a")), {
    code: "storage_unavailable",
    message: "Another program holds the database locked. Nothing was kept.",
  });
  onlooker.exec("ROLLBACK");
  await group.run(add("b"));
  assert.deepEqual(committed(), ["b"]);
});

test("disposing commits what waits and refuses what comes after", async (t) => {
  const { group, add, committed } = setUp(t);
  const word = group.run(add("a"));
  await group[Symbol.asyncDispose]();
  assert.equal(await word, "a");
  assert.deepEqual(committed(), ["a"]);
  await assert.rejects(group.run(add("b")), { code: "shutting_down" });
});
