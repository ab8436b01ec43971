import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { LogLine } from "../../src/functions/log-line.ts";
import type { LogStore } from "../../src/functions/log-store.ts";

export interface LogStoreHarness {
  readonly store: LogStore;
  /** Closes the store and opens it again on what it kept. */
  restart(): Promise<LogStore>;
}

const roomy = { linesMax: 1_000_000, bytesMax: 1_000_000_000 };

function printed(seq: number, text = `line ${seq}`): LogLine {
  return { seq, at: seq * 10, revision: 1, level: "info", stream: "stdout", text };
}

function linesFrom(first: number, count: number, text?: string): LogLine[] {
  return Array.from({ length: count }, (_, index) => printed(first + index, text));
}

async function read(store: LogStore, path = "hello", namespace = "alice"): Promise<LogLine[]> {
  const parts = await Array.fromAsync(store.newestFirst(namespace, path));
  return parts.toReversed().flat();
}

/** What every LogStore does, wherever it keeps lines. */
export function logStoreContract(
  name: string,
  makeHarness: (t: TestContext) => Promise<LogStoreHarness>,
): void {
  const append = (store: LogStore, lines: LogLine[], bounds = roomy, path = "hello", namespace = "alice") =>
    store.append([{ namespace, path, lines }], bounds);

  describe(`${name}: logs`, () => {
    test("every kind of line comes back as it was written", async (t) => {
      const { store } = await makeHarness(t);
      const call = { method: "GET", path: "/alice/hello/ü", status: 200, duration_ms: 1.25, cold: true };
      const stamp = (seq: number) => ({ seq, at: 1_700_000_000_000 + seq, revision: 7 });
      const lines: LogLine[] = [
        { ...stamp(1), level: "info", stream: "stdout", text: 'printed "this"\t\u{1f600}' },
        { ...stamp(2), level: "error", stream: "stderr", text: "" },
        { ...stamp(3), level: "error", stream: null, text: "boom" },
        { ...stamp(4), level: "call", call: { ...call, volunteer_id: "v" } },
        { ...stamp(5), level: "call", call: { ...call, cold: null, volunteer_id: null } },
      ];
      await append(store, lines);
      assert.deepEqual(await read(store), lines);
      const many = linesFrom(10, 3000);
      await append(store, many);
      assert.deepEqual(await read(store), [...lines, ...many]);
    });

    test("logs are apart, by namespace and by path", async (t) => {
      const { store } = await makeHarness(t);
      await store.append(
        [
          { namespace: "alice", path: "hello", lines: [printed(1)] },
          { namespace: "bob", path: "hello", lines: [printed(2)] },
          { namespace: "alice", path: "hello/there", lines: [printed(3)] },
          { namespace: "alice", path: "quiet", lines: [] },
        ],
        roomy,
      );
      const seqs = async (path: string, namespace?: string) =>
        (await read(store, path, namespace)).map(({ seq }) => seq);
      assert.deepEqual(await seqs("hello"), [1]);
      assert.deepEqual(await seqs("hello", "bob"), [2]);
      assert.deepEqual(await seqs("hello/there"), [3]);
      assert.deepEqual(await seqs("quiet"), []);
    });

    test("the newest lines come first, part by part, through hundreds of small writes and a restart", async (t) => {
      const { store, restart } = await makeHarness(t);
      for (let seq = 1; seq <= 300; seq++) await append(store, [printed(seq)]);
      const reopened = await restart();
      assert.deepEqual(await read(reopened), linesFrom(1, 300));
      for await (const part of reopened.newestFirst("alice", "hello")) {
        assert.equal(part.at(-1)?.seq, 300);
        break;
      }
    });

    test("a log keeps at least as many lines as it may, and no part more than those need", async (t) => {
      const { store } = await makeHarness(t);
      const bounds = { ...roomy, linesMax: 100 };
      for (let first = 1; first <= 1000; first += 30) {
        await append(store, linesFrom(first, 30), bounds);
        const kept = await read(store);
        assert.equal(kept.at(-1)?.seq, first + 29);
        assert.ok(kept.length >= Math.min(100, first + 29) && kept.length < 130, `${kept.length} lines`);
      }
    });

    test("a log never takes more bytes than it may", async (t) => {
      const { store } = await makeHarness(t);
      const bounds = { ...roomy, bytesMax: 5000 };
      for (let seq = 1; seq <= 30; seq++) await append(store, [printed(seq, "x".repeat(400))], bounds);
      const kept = await read(store);
      assert.equal(kept.at(-1)?.seq, 30);
      assert.ok(kept.length > 5 && kept.length <= 12, `${kept.length} lines`);
    });

    test("old lines are deleted in parts, of every log, until none is left", async (t) => {
      const { store } = await makeHarness(t);
      for (const path of ["hello", "other"]) {
        for (let first = 1; first <= 50; first += 10) await append(store, linesFrom(first, 10), roomy, path);
      }
      // The line 30 is written at 300.
      assert.equal(await store.deleteBefore(301, 4), true);
      assert.equal(await store.deleteBefore(301, 4), false);
      assert.deepEqual(await read(store), linesFrom(31, 20));
      assert.deepEqual(await read(store, "other"), linesFrom(31, 20));
      assert.equal(await store.deleteBefore(10_000, 100), false);
      assert.deepEqual(await read(store), []);
      await append(store, [printed(100)]);
      assert.deepEqual(await read(store), [printed(100)]);
    });
  });
}
