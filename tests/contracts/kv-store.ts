import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { KvCommand, KvCondition, KvStore } from "../../src/namespaces/kv-store.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { AppError } from "../../src/stdx/errors.ts";
import { checkedJsonText } from "../../src/stdx/json-text.ts";
import type { NameRange } from "../../src/stdx/name-range.ts";
import { KvModel } from "../support/kv-model.ts";

/** A store that can be closed and opened again with what it kept. */
export interface KvStoreHarness extends AsyncDisposable {
  open(clock: ManualClock): Promise<KvStore & AsyncDisposable>;
}

const json = checkedJsonText;
const set = (key: string, value: unknown, condition?: KvCondition) =>
  ({ op: "set", key, valueJson: json(JSON.stringify(value)), expiresAt: undefined, condition }) as const;
const increment = (key: string, by: number, expiresAt?: number) =>
  ({ op: "increment", key, by, expiresAt }) as const;
const remove = (key: string, condition?: KvCondition) => ({ op: "delete", key, condition }) as const;
const everything = { prefix: "", after: undefined, limit: 1000 };

function refusal(code: string, details?: Record<string, unknown>) {
  return (error: unknown) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, code);
    if (details) assert.deepEqual(error.details, details);
    return true;
  };
}

/** What every KvStore does, whatever it keeps its entries in. */
export function kvStoreContract(name: string, makeHarness: () => Promise<KvStoreHarness>): void {
  async function withStore(
    run: (store: KvStore, clock: ManualClock, harness: KvStoreHarness) => Promise<void>,
  ): Promise<void> {
    await using harness = await makeHarness();
    const clock = new ManualClock();
    await using store = await harness.open(clock);
    await run(store, clock, harness);
  }

  test(`${name}: namespaces are named in order, once they were written to`, () =>
    withStore(async (store) => {
      for (const namespace of ["bob", "alice", "bo"]) await store.set(namespace, set("k", 1));
      await store.get("carol", "k");
      const names = async (range: Partial<NameRange>) => {
        const found = await store.countByNamespace({ prefix: "", after: undefined, limit: 10, ...range });
        return found.map((entry) => entry.name);
      };
      assert.deepEqual(await names({}), ["alice", "bo", "bob"]);
      assert.deepEqual(await names({ prefix: "bo" }), ["bo", "bob"]);
      assert.deepEqual(await names({ after: "alice", limit: 1 }), ["bo"]);
    }));

  describe(`${name}: values`, () => {
    test("a value comes back as it was written, with its version", () =>
      withStore(async (store) => {
        const valueJson = json('{"n": 12345678901234567890, "b":1, "a":"\\ud800 \\u0000"}');
        const command = {
          op: "set",
          key: "k",
          valueJson,
          expiresAt: undefined,
          condition: undefined,
        } as const;
        assert.deepEqual(await store.set("alice", command), { op: "set", version: 1, created: true });
        assert.deepEqual(await store.get("alice", "k"), {
          key: "k",
          valueJson,
          version: 1,
          expiresAt: undefined,
        });
        assert.equal(await store.get("alice", "K"), undefined);
      }));

    test("a value of a mebibyte comes back whole", () =>
      withStore(async (store) => {
        const value = "é".repeat(512 * 1024);
        await store.set("alice", set("large", value));
        assert.equal((await store.get("alice", "large"))?.valueJson, JSON.stringify(value));
      }));

    test("keys may be any text, and texts that differ in anything differ", () =>
      withStore(async (store) => {
        const keys = [
          "a",
          "a\0",
          "a\0b",
          "A",
          "å",
          "a\u030a",
          "/",
          "a/b",
          "😀",
          " ",
          "'; --",
          "%2f",
          "\u{10ffff}",
        ];
        for (const key of keys) await store.set("alice", set(key, key));
        for (const key of keys) {
          assert.equal((await store.get("alice", key))?.valueJson, JSON.stringify(key));
        }
        const sorted = keys.map((key) => Buffer.from(key)).sort(Buffer.compare);
        assert.deepEqual(
          await store.list("alice", everything),
          sorted.map((bytes) => bytes.toString()),
        );
      }));

    test("a version is never used again, even after deletion, expiry and reopening", async () => {
      await using harness = await makeHarness();
      const clock = new ManualClock();
      const seen = new Set<number>();
      for (let round = 0; round < 5; round++) {
        await using store = await harness.open(clock);
        for (const expiresAt of [undefined, clock.now() + 10]) {
          const { version } = await store.set("alice", { ...set("k", 1), expiresAt });
          assert.ok(
            !seen.has(version) && version > Math.max(0, ...seen),
            `version ${version} was used before`,
          );
          seen.add(version);
          clock.advance(10);
          assert.equal((await store.delete("alice", remove("k"))).deleted, expiresAt === undefined);
        }
      }
    });

    test("two namespaces share nothing", () =>
      withStore(async (store) => {
        await store.set("alice", set("k", "alice"));
        await store.set("bob", set("k", "bob"));
        await store.set("bob", set("only-bob", 1));
        assert.equal((await store.get("alice", "k"))?.valueJson, '"alice"');
        assert.deepEqual(await store.list("alice", everything), ["k"]);
        await store.delete("bob", remove("k"));
        await store.increment("bob", increment("n", 1));
        assert.deepEqual(await store.list("alice", everything), ["k"]);
        assert.equal((await store.get("alice", "k"))?.version, 1);
      }));
  });

  describe(`${name}: conditions`, () => {
    test("a write happens only at the version that it names", () =>
      withStore(async (store) => {
        await assert.rejects(
          store.set("alice", set("k", 1, 1)),
          refusal("version_mismatch", { key: "k", version: 0 }),
        );
        await assert.rejects(store.set("alice", set("k", 1, "any")), refusal("version_mismatch"));
        const { version } = await store.set("alice", set("k", 1, 0));
        await assert.rejects(
          store.set("alice", set("k", 2, 0)),
          refusal("version_mismatch", { key: "k", version }),
        );
        await store.set("alice", set("k", 2, version));
        await assert.rejects(store.set("alice", set("k", 3, version)), refusal("version_mismatch"));
        await assert.rejects(store.delete("alice", remove("k", version)), refusal("version_mismatch"));
        await assert.rejects(store.delete("alice", remove("missing", "any")), refusal("version_mismatch"));
        assert.equal((await store.get("alice", "k"))?.valueJson, "2");
        assert.deepEqual(await store.delete("alice", remove("k", "any")), { op: "delete", deleted: true });
      }));

    test("of many writers that name one version, one wins", () =>
      withStore(async (store) => {
        const { version } = await store.set("alice", set("k", 0));
        const results = await Promise.allSettled(
          Array.from({ length: 50 }, (_, n) => store.set("alice", set("k", n + 1, version))),
        );
        const winners = results.flatMap(({ status }, n) => (status === "fulfilled" ? [n + 1] : []));
        assert.equal(winners.length, 1);
        assert.equal((await store.get("alice", "k"))?.valueJson, String(winners[0]));
      }));
  });

  describe(`${name}: counters`, () => {
    test("increments add up, however many run at once", () =>
      withStore(async (store) => {
        await Promise.all(Array.from({ length: 500 }, () => store.increment("alice", increment("n", 2))));
        const { value } = await store.increment("alice", increment("n", -1));
        assert.equal(value, 999);
        assert.equal((await store.get("alice", "n"))?.valueJson, "999");
      }));

    test("only whole numbers that stay exact are counted", () =>
      withStore(async (store) => {
        for (const value of ["1", 1.5, null, [1], { a: 1 }, true, 2 ** 60]) {
          await store.set("alice", set("n", value));
          await assert.rejects(store.increment("alice", increment("n", 1)), refusal("not_a_counter"));
          assert.equal((await store.get("alice", "n"))?.valueJson, JSON.stringify(value));
        }
        await store.set("alice", set("n", Number.MAX_SAFE_INTEGER));
        await assert.rejects(store.increment("alice", increment("n", 1)), refusal("not_a_counter"));
        assert.equal((await store.increment("alice", increment("n", -1))).value, Number.MAX_SAFE_INTEGER - 1);
      }));

    test("a counter ends with the window it was made for, and counting does not stretch it", () =>
      withStore(async (store, clock) => {
        const end = clock.now() + 1000;
        await store.increment("alice", increment("n", 1, end));
        clock.advance(900);
        await store.increment("alice", increment("n", 1, end + 5000));
        assert.equal((await store.get("alice", "n"))?.expiresAt, end);
        clock.advance(100);
        assert.equal((await store.increment("alice", increment("n", 1))).value, 1);
        assert.equal((await store.get("alice", "n"))?.expiresAt, undefined);
      }));
  });

  describe(`${name}: expiry`, () => {
    test("an expired value is invisible at once to every operation", () =>
      withStore(async (store, clock) => {
        await store.set("alice", { ...set("k", 7), expiresAt: clock.now() + 1000 });
        clock.advance(999);
        assert.equal((await store.get("alice", "k"))?.valueJson, "7");
        assert.deepEqual(await store.list("alice", everything), ["k"]);
        clock.advance(1);
        assert.equal(await store.get("alice", "k"), undefined);
        assert.deepEqual(await store.list("alice", everything), []);
        assert.deepEqual(await store.delete("alice", remove("k")), { op: "delete", deleted: false });
        await assert.rejects(store.set("alice", set("k", 1, "any")), refusal("version_mismatch"));
        assert.equal((await store.set("alice", set("k", 8, 0))).created, true);
        clock.advance(1_000_000);
        assert.equal((await store.get("alice", "k"))?.valueJson, "8");
      }));
  });

  describe(`${name}: lists`, () => {
    test("pages of a prefix follow one another without gap or repetition", () =>
      withStore(async (store) => {
        const keys = Array.from({ length: 250 }, (_, n) => `user/${String(n).padStart(3, "0")}`);
        await store.batch(
          "alice",
          keys.map((key) => set(key, 1)),
        );
        await store.batch("alice", [set("user", 1), set("user0", 1), set("zebra", 1)]);
        const pages: string[] = [];
        for (let after: string | undefined; ; ) {
          const page = await store.list("alice", { prefix: "user/", after, limit: 60 });
          pages.push(...page);
          if (page.length < 60) break;
          after = page.at(-1);
        }
        assert.deepEqual(pages, keys);
      }));
  });

  describe(`${name}: batches`, () => {
    test("operations see what those before them did", () =>
      withStore(async (store) => {
        const results = await store.batch("alice", [
          { op: "check", key: "k", condition: 0 },
          set("k", 1),
          increment("k", 4),
          { op: "get", key: "k" },
          remove("k"),
          { op: "get", key: "k" },
        ]);
        assert.deepEqual(results, [
          { op: "check" },
          { op: "set", version: 1, created: true },
          { op: "increment", value: 5, version: 2 },
          { op: "get", entry: { key: "k", valueJson: "5", version: 2, expiresAt: undefined } },
          { op: "delete", deleted: true },
          { op: "get", entry: undefined },
        ]);
      }));

    test("one refused operation undoes those before it and tells which it was", () =>
      withStore(async (store) => {
        await store.set("alice", set("text", "x"));
        const failing: readonly [KvCommand, string][] = [
          [{ op: "check", key: "missing", condition: "any" }, "version_mismatch"],
          [set("text", 1, 0), "version_mismatch"],
          [remove("text", 99), "version_mismatch"],
          [increment("text", 1), "not_a_counter"],
        ];
        for (const [command, code] of failing) {
          await assert.rejects(
            store.batch("alice", [set("a", 1), remove("text"), set("text", "y"), command]),
            (error: unknown) =>
              refusal(code)(error) && error instanceof AppError && error.details?.index === 3,
          );
        }
        assert.deepEqual(await store.list("alice", everything), ["text"]);
        assert.equal((await store.get("alice", "text"))?.valueJson, '"x"');
      }));

    test("a refused batch takes no neighbour of its transaction with it", () =>
      withStore(async (store) => {
        const results = await Promise.allSettled([
          store.set("alice", set("before", 1)),
          store.batch("alice", [set("inside", 1), { op: "check", key: "missing", condition: "any" }]),
          store.set("alice", set("after", 1)),
        ]);
        assert.deepEqual(
          results.map(({ status }) => status),
          ["fulfilled", "rejected", "fulfilled"],
        );
        assert.deepEqual(await store.list("alice", everything), ["after", "before"]);
      }));

    test("a batch does not answer more than it may, and then does nothing", () =>
      withStore(async (store) => {
        await store.set("alice", set("large", "x".repeat(1_000_000)));
        const gets = Array.from({ length: 17 }, () => ({ op: "get", key: "large" }) as const);
        await assert.rejects(store.batch("alice", [set("a", 1), ...gets]), refusal("payload_too_large"));
        assert.deepEqual(await store.list("alice", everything), ["large"]);
        assert.equal((await store.batch("alice", gets.slice(1))).length, 16);
      }));

    test("transfers between accounts never make or lose money", () =>
      withStore(async (store) => {
        const accounts = ["a", "b", "c", "d"];
        await store.batch(
          "alice",
          accounts.map((key) => set(key, 100)),
        );
        const moves = Array.from({ length: 200 }, (_, n) =>
          store.batch("alice", [
            increment(accounts[n % 4] ?? "a", -7),
            increment(accounts[(n * 3 + 1) % 4] ?? "a", 7),
          ]),
        );
        await Promise.all(moves);
        const balances = await Promise.all(accounts.map((key) => store.get("alice", key)));
        assert.equal(
          balances.reduce((sum, entry) => sum + Number(entry?.valueJson), 0),
          400,
        );
      }));
  });

  describe(`${name}: agreement with a model`, () => {
    test("10,000 random operations with reopenings between agree with a map", {
      timeout: 120_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 250, maxLength: 250, size: "max" }), async (steps) => {
          await using harness = await makeHarness();
          const clock = new ManualClock();
          const model = new KvModel(() => clock.now());
          let store = await harness.open(clock);
          try {
            for (const each of steps) {
              if (each.kind === "reopen") {
                await store[Symbol.asyncDispose]();
                store = await harness.open(clock);
              } else if (each.kind === "wait") {
                clock.advance(each.ms);
              } else {
                await model.agreesOn(store, each);
              }
            }
            await model.agreesInAll(store);
          } finally {
            await store[Symbol.asyncDispose]();
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}

const namespace = fc.constantFrom("alice", "bob", "alice2");
const key = fc.constantFrom(
  "a",
  "a/",
  "a/b",
  "a/b/c",
  "ab",
  "b",
  "n",
  "n2",
  "é",
  "\0",
  "\u{1f600}",
  "\uffff",
);
const someCondition = fc.constantFrom(0, "any" as const, KvModel.presentVersion, KvModel.otherVersion);
const condition = fc.option(someCondition, { nil: undefined, freq: 2 });
const ttl = fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined, freq: 2 });
const value = fc.oneof({ weight: 3, arbitrary: fc.integer() }, { weight: 1, arbitrary: fc.jsonValue() });

const operation = fc.oneof(
  fc.record({ op: fc.constant("get" as const), key }),
  fc.record({ op: fc.constant("check" as const), key, condition: someCondition }),
  fc.record({
    op: fc.constant("set" as const),
    key,
    valueJson: value.map((each) => json(JSON.stringify(each))),
    expiresAt: ttl,
    condition,
  }),
  fc.record({ op: fc.constant("delete" as const), key, condition }),
  fc.record({
    op: fc.constant("increment" as const),
    key,
    by: fc.integer({ min: -9, max: 9 }),
    expiresAt: ttl,
  }),
);

const step = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant("one" as const), namespace, operation }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("burst" as const),
      namespace,
      operations: fc.array(operation, { minLength: 2, maxLength: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("batch" as const),
      namespace,
      operations: fc.array(operation, { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("list" as const),
      namespace,
      prefix: fc.oneof(fc.constant(""), key),
      after: fc.option(key, { nil: undefined }),
      limit: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);
