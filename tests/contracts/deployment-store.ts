import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import fc from "fast-check";
import type { DeploymentStore } from "../../src/functions/deployment-store.ts";
import type { RevisionDraft, RevisionHead } from "../../src/functions/revision.ts";
import { functionLimits } from "../../src/protocol/functions.ts";
import type { Cid } from "../../src/stdx/ids.ts";
import { digestOf, sampleDraft } from "./revision-samples.ts";

export interface DeploymentStoreHarness {
  readonly store: DeploymentStore;
  /** Closes the store and opens it again on what it kept. */
  restart(): Promise<DeploymentStore>;
}

const everyDeployment = { namespace: undefined, limit: 10_000, offset: 0 };
const cid = `b${"a".repeat(58)}` as Cid;

function headOf(draft: RevisionDraft, number: number): RevisionHead {
  const { code: _, env, ...rest } = draft;
  return { ...rest, number, envNames: Object.keys(env), digest: digestOf(draft) };
}

/** What every DeploymentStore does, wherever it keeps functions. */
export function deploymentStoreContract(
  name: string,
  makeHarness: (t: TestContext) => Promise<DeploymentStoreHarness>,
): void {
  const deploy = (
    store: DeploymentStore,
    draft: RevisionDraft,
    revisionsMax: number = functionLimits.revisionsMax,
  ) => store.deploy(draft, digestOf(draft), revisionsMax);

  describe(`${name}: functions`, () => {
    test("a revision comes back as it was stored, with its bulk only when that is asked for", async (t) => {
      const { store } = await makeHarness(t);
      const env = { KEY: "secret\n\u{1f511}", EMPTY: "", __proto_: "x" };
      const draft = sampleDraft({ env, code: "-- grüße \u{1f600}\n", timeoutMs: 1.5, placement: "internal" });
      assert.deepEqual(await deploy(store, draft), headOf(draft, 1));
      assert.deepEqual(await store.revision(draft.id), { ...draft, number: 1 });
      const found = await store.find("alice", "hello");
      assert.deepEqual(found, { current: headOf(draft, 1), revisions: [headOf(draft, 1)] });
      assert.ok(!JSON.stringify(found).includes("secret"));
    });

    test("a module is kept by its CID", async (t) => {
      const { store } = await makeHarness(t);
      const draft = sampleDraft({ runtime: "wasm", code: undefined, wasmCid: cid });
      await deploy(store, draft);
      assert.deepEqual(await store.revision(draft.id), { ...draft, number: 1 });
    });

    test("revisions are numbered from 1 within their path, and the latest answers", async (t) => {
      const { store } = await makeHarness(t);
      const [first, second, other] = [sampleDraft(), sampleDraft(), sampleDraft({ path: "hello/there" })];
      await deploy(store, first);
      assert.equal((await deploy(store, other)).number, 1);
      assert.equal((await deploy(store, second)).number, 2);
      const found = await store.find("alice", "hello");
      assert.equal(found?.current.id, second.id);
      assert.deepEqual(
        found.revisions.map(({ number }) => number),
        [2, 1],
      );
    });

    test("namespaces are named in order with how many functions each has", async (t) => {
      const { store } = await makeHarness(t);
      for (const namespace of ["bob", "alice"]) await deploy(store, sampleDraft({ namespace }));
      await deploy(store, sampleDraft({ namespace: "bob", path: "other" }));
      await deploy(store, sampleDraft({ namespace: "bob", path: "other" }));
      const all = { prefix: "", after: undefined, limit: 10 };
      assert.deepEqual(await store.countByNamespace(all), [
        { name: "alice", count: 1 },
        { name: "bob", count: 2 },
      ]);
      assert.deepEqual(await store.countByNamespace({ ...all, prefix: "a" }), [{ name: "alice", count: 1 }]);
      assert.deepEqual(await store.countByNamespace({ ...all, after: "alice" }), [{ name: "bob", count: 2 }]);
      assert.equal((await store.countByNamespace({ ...all, limit: 1 })).length, 1);
    });

    test("another revision can be made current, and the next one is still numbered after the highest", async (t) => {
      const { store } = await makeHarness(t);
      const drafts = [sampleDraft(), sampleDraft(), sampleDraft()];
      for (const draft of drafts) await deploy(store, draft);
      const selected = await store.select("alice", "hello", 1);
      assert.equal(selected?.id, drafts[0]?.id);
      assert.equal((await store.find("alice", "hello"))?.current.number, 1);
      assert.equal((await deploy(store, sampleDraft())).number, 4);
      assert.equal((await store.find("alice", "hello"))?.current.number, 4);
    });

    test("a revision that is not there cannot be made current", async (t) => {
      const { store } = await makeHarness(t);
      await deploy(store, sampleDraft());
      assert.equal(await store.select("alice", "hello", 2), undefined);
      assert.equal(await store.select("alice", "nothing", 1), undefined);
      assert.equal((await store.find("alice", "hello"))?.current.number, 1);
    });

    test("of too many revisions the oldest go", async (t) => {
      const { store } = await makeHarness(t);
      const first = sampleDraft();
      await deploy(store, first, 3);
      for (let count = 0; count < 4; count++) await deploy(store, sampleDraft(), 3);
      const numbers = async () => (await store.find("alice", "hello"))?.revisions.map(({ number }) => number);
      assert.deepEqual(await numbers(), [5, 4, 3]);
      assert.equal(await store.revision(first.id), undefined);
      // The current one is the oldest, and is not what goes before it is replaced.
      await store.select("alice", "hello", 3);
      await deploy(store, sampleDraft(), 3);
      assert.deepEqual(await numbers(), [6, 5, 4]);
    });

    test("a removed function leaves nothing, and its path begins again at 1 with another id", async (t) => {
      const { store } = await makeHarness(t);
      const [before, after, beside] = [sampleDraft(), sampleDraft(), sampleDraft({ namespace: "bob" })];
      await deploy(store, before);
      await deploy(store, beside);
      assert.equal(await store.remove("alice", "hello"), true);
      assert.equal(await store.remove("alice", "hello"), false);
      assert.equal(await store.find("alice", "hello"), undefined);
      assert.equal(await store.revision(before.id), undefined);
      assert.equal((await deploy(store, after)).number, 1);
      assert.equal((await store.find("bob", "hello"))?.current.id, beside.id);
    });

    test("lists are in the order of namespaces and paths, by pages, with the whole count", async (t) => {
      const { store } = await makeHarness(t);
      for (const [namespace, path] of [
        ["bob", "a"],
        ["alice", "b/c"],
        ["alice", "ä"],
        ["alice", "b"],
      ] as const) {
        await deploy(store, sampleDraft({ namespace, path }));
        await deploy(store, sampleDraft({ namespace, path }));
      }
      const list = async (filter: { namespace?: string; limit?: number; offset?: number }) => {
        const { deployments, total } = await store.list({ ...everyDeployment, ...filter });
        return [total, ...deployments.map(({ namespace, path, number }) => `${namespace}/${path}@${number}`)];
      };
      assert.deepEqual(await list({}), [4, "alice/b@2", "alice/b/c@2", "alice/ä@2", "bob/a@2"]);
      assert.deepEqual(await list({ namespace: "alice", limit: 1, offset: 1 }), [3, "alice/b/c@2"]);
      assert.deepEqual(await list({ offset: 3 }), [4, "bob/a@2"]);
      assert.deepEqual(await list({ namespace: "carol" }), [0]);
    });

    test("deployments at one moment are all kept, each with a number of its own", async (t) => {
      const { store } = await makeHarness(t);
      const heads = await Promise.all(Array.from({ length: 20 }, () => deploy(store, sampleDraft())));
      const numbers = heads.map(({ number }) => number).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        Array.from({ length: 20 }, (_, index) => index + 1),
      );
      assert.equal((await store.find("alice", "hello"))?.current.number, 20);
    });

    test("more functions than one look takes are all found at the start", async (t) => {
      const { store, restart } = await makeHarness(t);
      const paths = Array.from({ length: 600 }, (_, index) => `f${index}`);
      await Promise.all(paths.map((path) => deploy(store, sampleDraft({ path }))));
      const reopened = await restart();
      const found = await Array.fromAsync(reopened.current());
      assert.deepEqual(found.map(({ path }) => path).sort(), paths.sort());
    });

    test("any order of changes leaves what a model says, through restarts", async (t) => {
      let { store, restart } = await makeHarness(t);
      const paths = fc.constantFrom("a", "a/b", "b", "ü");
      const namespaces = fc.constantFrom("alice", "bob");
      const step = fc.oneof(
        { weight: 6, arbitrary: fc.record({ kind: fc.constant("deploy"), namespaces, paths }) },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant("select"),
            namespaces,
            paths,
            number: fc.integer({ min: 1, max: 6 }),
          }),
        },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("remove"), namespaces, paths }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart"), namespaces, paths }) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
          const model = new Map<string, { current: number; ids: Map<number, string> }>();
          for (const head of await Array.fromAsync(store.current()))
            await store.remove(head.namespace, head.path);
          for (const { kind, namespaces: namespace, paths: path, ...rest } of steps) {
            const key = `${namespace}/${path}`;
            const known = model.get(key);
            if (kind === "restart") store = await restart();
            else if (kind === "remove") assert.equal(await store.remove(namespace, path), model.delete(key));
            else if (kind === "select") {
              const number = "number" in rest ? rest.number : 0;
              const id = (await store.select(namespace, path, number))?.id;
              assert.equal(id, known?.ids.get(number));
              if (known && id !== undefined) known.current = number;
            } else {
              const draft = sampleDraft({ namespace, path });
              const { number } = await deploy(store, draft, 4);
              const ids = known?.ids ?? new Map();
              assert.equal(number, Math.max(0, ...ids.keys()) + 1);
              model.set(key, { current: number, ids: ids.set(number, draft.id) });
              for (const old of ids.keys()) if (old <= number - 4) ids.delete(old);
            }
          }
          const { deployments, total } = await store.list(everyDeployment);
          assert.equal(total, model.size);
          for (const head of deployments) {
            const known = model.get(`${head.namespace}/${head.path}`);
            assert.equal(head.number, known?.current);
            const revisions = (await store.find(head.namespace, head.path))?.revisions ?? [];
            assert.deepEqual(new Map(revisions.map(({ number, id }) => [number, id])), known?.ids);
          }
          const atStart = await Array.fromAsync(store.current());
          assert.deepEqual(atStart, deployments);
        }),
        { numRuns: 15 },
      );
    });
  });
}
