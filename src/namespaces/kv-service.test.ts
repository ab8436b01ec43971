import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { limits } from "../protocol/limits.ts";
import { ManualClock } from "../stdx/clock.ts";
import { AppError } from "../stdx/errors.ts";
import { checkedJsonText } from "../stdx/json-text.ts";
import { noLog } from "../stdx/log.ts";
import { SqliteKvStore } from "../stores/sqlite/kv-store.ts";
import { KvService } from "./kv-service.ts";

async function withService(run: (kv: KvService, clock: ManualClock) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-kv-"));
  const clock = new ManualClock();
  try {
    await using store = new SqliteKvStore({ directory, clock, log: noLog });
    await run(new KvService({ store, clock }), clock);
  } finally {
    await rm(directory, { recursive: true });
  }
}

const refusal = (code: string, sentence?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AppError);
  assert.equal(error.code, code);
  if (sentence) assert.match(error.message, sentence);
  return true;
};
const one = checkedJsonText("1");

test("keys have 1 to 1,024 bytes of UTF-8 and nothing that UTF-8 lacks", () =>
  withService(async (kv) => {
    const longest = "é".repeat(512);
    await kv.set("alice", longest, one);
    assert.equal((await kv.get("alice", longest))?.valueJson, "1");
    for (const key of ["", `${longest}x`, "\ud800", "a\udfffb"]) {
      await assert.rejects(kv.set("alice", key, one), refusal("invalid_key"));
      await assert.rejects(kv.get("alice", key), refusal("invalid_key"));
      await assert.rejects(kv.delete("alice", key), refusal("invalid_key"));
      await assert.rejects(kv.increment("alice", key, 1), refusal("invalid_key"));
      await assert.rejects(kv.batch("alice", [{ op: "get", key }], []), refusal("invalid_key"));
    }
  }));

test("values have at most a mebibyte of JSON", () =>
  withService(async (kv) => {
    const largest = checkedJsonText(`"${"x".repeat(limits.kvValueBytesMax - 2)}"`);
    await kv.set("alice", "k", largest);
    const larger = checkedJsonText(`"${"x".repeat(limits.kvValueBytesMax - 1)}"`);
    await assert.rejects(kv.set("alice", "k", larger), refusal("payload_too_large", /1048576 bytes/));
    assert.equal((await kv.get("alice", "k"))?.valueJson, largest);
  }));

test("a value lives for its ttl and no longer", () =>
  withService(async (kv, clock) => {
    await kv.set("alice", "k", one, { ttl: 1.5 });
    clock.advance(1499);
    assert.equal((await kv.get("alice", "k"))?.expiresAt, clock.now() + 1);
    clock.advance(1);
    assert.equal(await kv.get("alice", "k"), undefined);
  }));

test("cursors lead through a list, and made-up ones are refused", () =>
  withService(async (kv) => {
    const keys = ["a", "a😀", "b", "c\0", "d"];
    for (const key of keys) await kv.set("alice", key, one);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await kv.list("alice", { prefix: "", limit: 2, cursor });
      seen.push(...page.keys);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(seen, keys);
    assert.deepEqual(await kv.list("alice", { prefix: "a", limit: 2 }), { keys: ["a", "a😀"], cursor: null });
    for (const made of ["", "!", "a", "_w", "YQ==", "\u{1f600}"]) {
      await assert.rejects(
        kv.list("alice", { prefix: "", limit: 2, cursor: made }),
        refusal("invalid_request", /^cursor must/),
      );
    }
  }));

test("a guest sets, gets, counts, lists and deletes", () =>
  withService(async (kv, clock) => {
    assert.deepEqual(await kv.call("alice", "get", { key: "k" }), { value_json: null, version: 0 });
    assert.deepEqual(await kv.call("alice", "set", { key: "k", value_json: '{"a":[1]}', ttl: 10 }), {
      version: 1,
    });
    assert.deepEqual(await kv.call("alice", "get", { key: "k" }), { value_json: '{"a":[1]}', version: 1 });
    assert.deepEqual(await kv.call("alice", "increment", { key: "n" }), { value: 1, version: 2 });
    assert.deepEqual(await kv.call("alice", "increment", { key: "n", by: -3 }), { value: -2, version: 3 });
    assert.deepEqual(await kv.call("alice", "list", {}), { keys: ["k", "n"], cursor: null });
    assert.deepEqual(await kv.call("alice", "delete", { key: "n", if_version: 3 }), { deleted: true });
    clock.advance(10_000);
    assert.deepEqual(await kv.call("alice", "list", { prefix: "" }), { keys: [], cursor: null });
    await assert.rejects(
      kv.call("alice", "set", { key: "k", value_json: "1", if_version: 1 }),
      refusal("version_mismatch"),
    );
    assert.deepEqual(await kv.call("alice", "set", { key: "k", value_json: "1", if_version: 0 }), {
      version: 4,
    });
    assert.equal(await kv.get("bob", "k"), undefined);
  }));

test("what a guest sends is refused with a sentence unless it fits", () =>
  withService(async (kv) => {
    const bad = [
      ["get", undefined, /arguments/],
      ["get", null, /arguments/],
      ["get", {}, /key is missing/],
      ["get", { key: 1 }, /key must be a string/],
      ["get", { key: "k", namespace: "bob" }, /unknown argument "namespace"/i],
      ["set", { key: "k" }, /value_json is missing/],
      ["set", { key: "k", value_json: '1,"exists":false' }, /cannot be written as JSON/],
      ["set", { key: "k", value_json: "" }, /cannot be written as JSON/],
      ["set", { key: "k", value_json: "[".repeat(9999) + "]".repeat(9999) }, /nests deeper/],
      ["set", { key: "k", value_json: "1", ttl: 0 }, /ttl must be/],
      ["set", { key: "k", value_json: "1", ttl: Number.POSITIVE_INFINITY }, /ttl must be/],
      ["set", { key: "k", value_json: "1", if_version: -1 }, /if_version must be/],
      ["increment", { key: "k", by: 0.5 }, /by must be a whole number/],
      ["drop", {}, /operations are get, set, delete, increment, list/],
      ["constructor", {}, /operations are/],
      ["list", { limit: 0 }, /limit must be at least 1/],
      ["list", { limit: 1e9 }, /limit must be at most 1000/],
    ] as const;
    for (const [op, args, sentence] of bad) {
      await assert.rejects(kv.call("alice", op, args), refusal("invalid_request", sentence));
    }
    const tooLarge = `"${"x".repeat(limits.kvValueBytesMax)}"`;
    await assert.rejects(
      kv.call("alice", "set", { key: "k", value_json: tooLarge }),
      refusal("payload_too_large"),
    );
    assert.equal(await kv.get("alice", "k"), undefined);
  }));
