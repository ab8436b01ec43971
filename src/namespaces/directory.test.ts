import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { NameCount, NameRange } from "../stdx/name-range.ts";
import { NamespaceDirectory } from "./directory.ts";

type Counts = Readonly<Record<string, number>>;

function source(counts: Counts) {
  return {
    async countByNamespace({ prefix, after = "", limit }: NameRange): Promise<readonly NameCount[]> {
      const names = Object.keys(counts).filter((name) => name.startsWith(prefix) && name > after);
      return names
        .sort()
        .slice(0, limit)
        .map((name) => ({ name, count: counts[name] ?? 0 }));
    },
  };
}

function make(jobs: Counts, functions: Counts = {}, databases: Counts = {}, files: Counts = {}) {
  const usage = async (name: string) => ({ files: files[name] ?? 0, bytes: 10 * (files[name] ?? 0) });
  return new NamespaceDirectory({
    jobs: source(jobs),
    functions: source(functions),
    databases: source(databases),
    files: { ...source(files), usage },
  });
}

const all = { prefix: "", limit: 50, cursor: undefined };

test("what is in a namespace is gathered from all who keep things", async () => {
  const directory = make({ alice: 3, bob: 1 }, { alice: 2 }, { bob: 1, carol: 1 }, { alice: 4 });
  const { namespaces, cursor } = await directory.list(all);
  assert.deepEqual(namespaces, [
    { namespace: "alice", jobs: 3, functions: 2, database: false, files: 4, file_bytes: 40 },
    { namespace: "bob", jobs: 1, functions: 0, database: true, files: 0, file_bytes: 0 },
    { namespace: "carol", jobs: 0, functions: 0, database: true, files: 0, file_bytes: 0 },
  ]);
  assert.equal(cursor, null);
});

test("only those that may be known of are listed, and a page is full where there are enough", async () => {
  const jobs = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`n${10 + n}`, 1]));
  const sees = (name: string) => name.endsWith("9");
  const { namespaces, cursor } = await make(jobs).list({ ...all, limit: 3, sees });
  assert.deepEqual(
    namespaces.map(({ namespace }) => namespace),
    ["n19", "n29", "n39"],
  );
  const rest = await make(jobs).list({ ...all, limit: 3, sees, cursor: cursor ?? undefined });
  assert.deepEqual([rest.namespaces.map(({ namespace }) => namespace), rest.cursor], [["n49"], null]);
});

test("one page after another names each namespace once, in order", async () => {
  const name = fc.string({ unit: fc.constantFrom("a", "b", "0", "-"), minLength: 1, maxLength: 4 });
  const counts = fc.dictionary(name, fc.integer({ min: 1, max: 9 }), { noNullPrototype: true });
  await fc.assert(
    fc.asyncProperty(
      counts,
      counts,
      counts,
      fc.integer({ min: 1, max: 5 }),
      async (jobs, databases, files, limit) => {
        const directory = make(jobs, {}, databases, files);
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await directory.list({ prefix: "", limit, cursor });
          assert.ok(page.namespaces.length <= limit);
          seen.push(...page.namespaces.map(({ namespace }) => namespace));
          cursor = page.cursor ?? undefined;
        } while (cursor !== undefined);
        const known = [...new Set([jobs, databases, files].flatMap((some) => Object.keys(some)))];
        assert.deepEqual(seen, known.sort());
      },
    ),
  );
});
