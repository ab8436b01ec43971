import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { JobProgress, JobRecord } from "../../src/jobs/job.ts";
import type { JobFilter, JobStore } from "../../src/jobs/store.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { Cid } from "../../src/stdx/ids.ts";
import type { NameRange } from "../../src/stdx/name-range.ts";
import { newJobId, sampleEnd, sampleInstant, sampleJob, sampleOutput } from "./job-samples.ts";
import { jobStoreModelContract } from "./job-store-model.ts";

export interface JobStoreHarness {
  readonly store: JobStore;
  /** Ends the store in an orderly way and opens another on the same data. */
  restart(): Promise<JobStore>;
}

/** Makes an empty store, which is closed and cleared away when the test ends. */
export type OpenJobStore = (t: TestContext) => Promise<JobStoreHarness>;

export const everyJob: JobFilter = {
  status: undefined,
  namespace: undefined,
  language: undefined,
  limit: 1000,
  offset: 0,
};

export async function collect(records: AsyncIterable<JobRecord>): Promise<JobRecord[]> {
  return Array.fromAsync(records);
}

async function nowAndAfterRestart(
  harness: JobStoreHarness,
  check: (store: JobStore) => Promise<void>,
): Promise<void> {
  await check(harness.store);
  await check(await harness.restart());
}

const running: JobProgress = {
  status: "running",
  attempts: 1,
  volunteerId: "volunteer-1",
  startedAt: sampleInstant + 10,
};
const fresh: JobProgress = { status: "pending", attempts: 0, volunteerId: undefined, startedAt: undefined };

/** What every JobStore does. */
export function jobStoreContract(name: string, open: OpenJobStore): void {
  const contract = (sentence: string, body: (harness: JobStoreHarness) => Promise<void>) =>
    test(`${name}: ${sentence}`, async (t) => body(await open(t)));
  insertions(contract);
  progress(contract);
  ends(contract);
  lists(contract);
  starts(contract);
  retention(contract);
  jobStoreModelContract(name, open);
}

type Contract = (sentence: string, body: (harness: JobStoreHarness) => Promise<void>) => unknown;

function insertions(contract: Contract): void {
  contract("an accepted job is there with all it asks for, also after a restart", async (harness) => {
    const { store } = harness;
    const wasmCid = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e" as Cid;
    const [spec, payload] = sampleJob(
      {
        language: "wasm",
        wasmCid,
        namespace: "alice",
        timeoutMs: 0.5,
        priority: 9,
        maxRetries: 0,
        usesDatabase: true,
        placement: "internal",
      },
      { code: undefined, inputJson: '{"a":[1]}' },
    );
    await store.insert([[spec, payload]], undefined);
    await nowAndAfterRestart(harness, async (held) => {
      assert.deepEqual(await held.get(spec.id), { spec, state: fresh });
      assert.deepEqual(await held.payload(spec.id), payload);
      assert.equal(await held.output(spec.id), undefined);
    });
  });

  contract("a job that was never accepted is unknown", async ({ store }) => {
    const id = newJobId();
    assert.equal(await store.get(id), undefined);
    assert.equal(await store.payload(id), undefined);
    assert.equal(await store.output(id), undefined);
    assert.equal(await store.finish(id, sampleEnd(), sampleOutput()), false);
    assert.equal((await store.list(everyJob)).total, 0);
  });

  contract("jobs are accepted together or not at all", async ({ store }) => {
    const first = sampleJob();
    const twin = sampleJob({ id: first[0].id });
    const key = { key: "k", bodyHash: "h", jobIds: [first[0].id], createdAt: sampleInstant };
    await assert.rejects(store.insert([first, sampleJob(), twin], key));
    assert.deepEqual(await store.list(everyJob), { jobs: [], total: 0 });
    assert.equal(await store.idempotency("k"), undefined);
    await store.insert([first], key);
    assert.equal((await store.countByStatus()).pending, 1);
  });

  contract("text of any kind comes back as it was", async ({ store }) => {
    const [spec, payload] = sampleJob({}, { code: "a\0b\u{1F600}\r\n\u2028'\"", inputJson: '"\\u0000"' });
    await store.insert([[spec, payload]], undefined);
    const output = sampleOutput({ resultJson: '"\u{10FFFF}"', stdout: "\0", stderr: "x".repeat(100_000) });
    await store.finish(spec.id, sampleEnd(), output);
    assert.deepEqual(await store.payload(spec.id), payload);
    assert.deepEqual(await store.output(spec.id), output);
  });

  contract("an idempotency key is kept with its jobs", async ({ store, restart }) => {
    const jobs = [sampleJob(), sampleJob()];
    const key = { key: "k", bodyHash: "h", jobIds: jobs.map(([spec]) => spec.id), createdAt: sampleInstant };
    await store.insert(jobs, key);
    assert.deepEqual(await store.idempotency("k"), key);
    assert.deepEqual(await (await restart()).idempotency("k"), key);
  });

  contract(
    "of two submissions with one key the first is kept, and no neighbour suffers",
    async ({ store }) => {
      const [before, first, second, after] = [sampleJob(), sampleJob(), sampleJob(), sampleJob()];
      const keyFor = (job: typeof first, bodyHash: string) => {
        return { key: "k", bodyHash, jobIds: [job[0].id], createdAt: sampleInstant };
      };
      const outcomes = await Promise.allSettled([
        store.insert([before], undefined),
        store.insert([first], keyFor(first, "h1")),
        store.insert([second], keyFor(second, "h2")),
        store.insert([after], undefined),
      ]);
      assert.deepEqual(
        outcomes.map((outcome) => outcome.status),
        ["fulfilled", "fulfilled", "rejected", "fulfilled"],
      );
      assert.ok(outcomes[2]?.status === "rejected");
      assert.equal(outcomes[2].reason.code, "idempotency_conflict");
      assert.deepEqual(await store.idempotency("k"), keyFor(first, "h1"));
      assert.equal(await store.get(second[0].id), undefined);
      const { jobs, total } = await store.list(everyJob);
      assert.deepEqual(
        [total, jobs.map((job) => job.spec.id)],
        [3, [after, first, before].map(([spec]) => spec.id)],
      );
    },
  );
}

function progress(contract: Contract): void {
  contract("progress shows at once wherever a job is read", async ({ store }) => {
    const [spec, payload] = sampleJob();
    await store.insert([[spec, payload]], undefined);
    store.progress(spec.id, running);
    assert.deepEqual(await store.get(spec.id), { spec, state: running });
    assert.equal((await store.list({ ...everyJob, status: "running" })).total, 1);
    store.progress(spec.id, { ...fresh, attempts: 1 });
    const { pending, running: runs } = await store.countByStatus();
    assert.deepEqual([pending, runs], [1, 0]);
    assert.deepEqual((await store.get(spec.id))?.state, { ...fresh, attempts: 1 });
  });

  contract("progress never overtakes the end, wherever it arrives", async (harness) => {
    const { store } = harness;
    const [spec, payload] = sampleJob();
    await store.insert([[spec, payload]], undefined);
    const end = sampleEnd();
    store.progress(spec.id, running);
    const finished = store.finish(spec.id, end, sampleOutput());
    store.progress(spec.id, running);
    assert.equal(await finished, true);
    store.progress(spec.id, running);
    await nowAndAfterRestart(harness, async (held) => {
      assert.deepEqual((await held.get(spec.id))?.state, end);
      assert.equal((await held.countByStatus()).completed, 1);
      assert.deepEqual((await held.list(everyJob)).jobs[0]?.state, end);
    });
  });

  contract("progress of a job that nobody knows is of no consequence", async ({ store }) => {
    store.progress(newJobId(), running);
    assert.equal((await store.countByStatus()).running, 0);
  });
}

function ends(contract: Contract): void {
  contract("an end is kept with its output, once", async (harness) => {
    const { store } = harness;
    const [spec, payload] = sampleJob();
    await store.insert([[spec, payload]], undefined);
    const end = sampleEnd({
      status: "failed",
      error: "It took longer than 30 seconds.",
      errorCode: "timeout",
      stats: { wall_ms: 30_000.25 },
      volunteerId: undefined,
      startedAt: undefined,
    });
    const output = sampleOutput({ resultJson: undefined, stdout: "half", stderr: "oh" });
    const late = sampleOutput({ resultJson: "1" });
    const outcomes = [store.finish(spec.id, end, output), store.finish(spec.id, sampleEnd(), late)];
    assert.deepEqual(await Promise.all(outcomes), [true, false]);
    assert.equal(await store.finish(spec.id, sampleEnd({ status: "cancelled" }), late), false);
    await nowAndAfterRestart(harness, async (held) => {
      assert.deepEqual(await held.get(spec.id), { spec, state: end });
      assert.deepEqual(await held.output(spec.id), output);
      assert.deepEqual(await held.payload(spec.id), payload);
      const expected = { pending: 0, running: 0, completed: 0, failed: 1, cancelled: 0 };
      assert.deepEqual(await held.countByStatus(), expected);
    });
  });

  contract("a job may be accepted and end in one turn", async ({ store }) => {
    const [spec, payload] = sampleJob();
    const inserted = store.insert([[spec, payload]], undefined);
    const finished = store.finish(spec.id, sampleEnd({ stats: undefined }), sampleOutput());
    await inserted;
    assert.equal(await finished, true);
    assert.deepEqual((await store.get(spec.id))?.state, sampleEnd({ stats: undefined }));
  });
}

function lists(contract: Contract): void {
  contract("lists are newest first, in pages, by status, namespace and language", async ({ store }) => {
    const jobs = Array.from({ length: 30 }, (_, index) =>
      sampleJob({ namespace: index % 3 ? "alice" : "bob", language: index % 5 ? "js" : "lua" }),
    );
    await store.insert(jobs, undefined);
    for (const [index, [spec]] of jobs.entries()) {
      if (index % 2)
        await store.finish(spec.id, sampleEnd({ status: "failed", error: "no" }), sampleOutput());
    }
    const newest = jobs.map(([spec]) => spec).reverse();
    const listed = async (filter: Partial<JobFilter>) => {
      const page = await store.list({ ...everyJob, ...filter });
      return [page.total, page.jobs.map((job) => job.spec.id)];
    };
    const ids = (specs: typeof newest) => specs.map((spec) => spec.id);
    const bobs = newest.filter((spec) => spec.namespace === "bob");
    const failed = newest.filter((_, index) => index % 2 === 0);
    assert.deepEqual(await listed({ limit: 7, offset: 5 }), [30, ids(newest.slice(5, 12))]);
    assert.deepEqual(await listed({ namespace: "bob", limit: 3, offset: 2 }), [10, ids(bobs.slice(2, 5))]);
    assert.deepEqual(await listed({ status: "failed", offset: 1 }), [15, ids(failed.slice(1))]);
    const both = failed.filter((spec) => spec.namespace === "bob");
    assert.deepEqual(await listed({ status: "failed", namespace: "bob" }), [both.length, ids(both)]);
    const inLua = newest.filter((spec) => spec.language === "lua");
    assert.ok(inLua.length > 0);
    assert.deepEqual(await listed({ language: "lua", limit: 4, offset: 1 }), [
      inLua.length,
      ids(inLua.slice(1, 5)),
    ]);
    const failedBobsInLua = both.filter((spec) => spec.language === "lua");
    assert.deepEqual(await listed({ status: "failed", namespace: "bob", language: "lua" }), [
      failedBobsInLua.length,
      ids(failedBobsInLua),
    ]);
    assert.deepEqual(await listed({ namespace: "carol" }), [0, []]);
    assert.deepEqual(await listed({ offset: 30 }), [30, []]);
  });

  contract("namespaces are named in order with how many jobs each has", async ({ store }) => {
    for (const namespace of ["bob", "alice", "alice-2", "bob", "carol"]) {
      await store.insert([sampleJob({ namespace })], undefined);
    }
    const named = async (range: Partial<NameRange>) => {
      const found = await store.countByNamespace({ prefix: "", after: undefined, limit: 10, ...range });
      return found.map(({ name, count }) => `${name} ${count}`);
    };
    assert.deepEqual(await named({}), ["alice 1", "alice-2 1", "bob 2", "carol 1"]);
    assert.deepEqual(await named({ after: "alice", limit: 2 }), ["alice-2 1", "bob 2"]);
    assert.deepEqual(await named({ prefix: "alice" }), ["alice 1", "alice-2 1"]);
    assert.deepEqual(await named({ after: "carol" }), []);
  });

  contract("a list carries small results and says where it leaves out a large one", async ({ store }) => {
    const small = `"${"x".repeat(limits.listedResultBytesMax - 2)}"`;
    const large = `"${"é".repeat(limits.listedResultBytesMax / 2)}"`;
    const jobs = [sampleJob(), sampleJob(), sampleJob(), sampleJob()];
    await store.insert(jobs, undefined);
    for (const [index, resultJson] of [small, large, undefined].entries()) {
      const id = jobs[index]?.[0].id;
      if (id) await store.finish(id, sampleEnd(), sampleOutput({ resultJson }));
    }
    const page = await store.list(everyJob);
    assert.deepEqual(
      page.jobs.map(({ resultJson, resultOmitted }) => [resultJson, resultOmitted]).reverse(),
      [
        [small, false],
        [undefined, true],
        [undefined, false],
        [undefined, false],
      ],
    );
  });
}

function starts(contract: Contract): void {
  contract("a start finds what has not ended, oldest first and pending again", async ({ store, restart }) => {
    const jobs = Array.from({ length: 700 }, () => sampleJob());
    await store.insert(jobs, undefined);
    const ended = new Set(jobs.filter((_, index) => index % 3 === 0).map(([spec]) => spec.id));
    await Promise.all([...ended].map((id) => store.finish(id, sampleEnd(), sampleOutput())));
    const left = jobs.map(([spec]) => spec).filter((spec) => !ended.has(spec.id));
    for (const spec of left.slice(0, 10)) store.progress(spec.id, { ...running, attempts: 2 });

    const expected = left.map((spec, index) => ({ spec, state: { ...fresh, attempts: index < 10 ? 2 : 0 } }));
    const after = await restart();
    assert.deepEqual(await collect(after.unfinished()), expected);
    assert.equal((await after.countByStatus()).pending, left.length);
    assert.equal(await after.finish(left[0]?.id ?? newJobId(), sampleEnd(), sampleOutput()), true);
  });
}

function retention(contract: Contract): void {
  contract("retention deletes what ended before, the earliest first, in batches", async ({ store }) => {
    const jobs = Array.from({ length: 10 }, () => sampleJob());
    await store.insert(jobs, undefined);
    const ids = jobs.map(([spec]) => spec.id);
    for (const [index, id] of ids.entries()) {
      // The last two have not ended; the first ends last.
      if (index >= 8) continue;
      const completedAt = sampleInstant + (index === 0 ? 100 : index);
      await store.finish(id, sampleEnd({ completedAt }), sampleOutput());
    }
    const before = sampleInstant + 6;
    const left = async () => {
      const known = await Promise.all(ids.map((id) => store.get(id)));
      return ids.flatMap((_, index) => (known[index] ? [index] : []));
    };
    assert.equal(await store.deleteEndedBefore(before, 3), 3);
    assert.deepEqual(await left(), [0, 4, 5, 6, 7, 8, 9]);
    assert.equal(await store.deleteEndedBefore(before, 3), 2);
    assert.equal(await store.deleteEndedBefore(before, 3), 0);
    assert.deepEqual(await left(), [0, 6, 7, 8, 9]);
    const gone = ids[1] ?? newJobId();
    assert.deepEqual([await store.payload(gone), await store.output(gone)], [undefined, undefined]);
    assert.equal((await store.list(everyJob)).total, 5);
    assert.equal((await store.countByStatus()).completed, 3);
  });

  contract("a job that follows a deleted one is never taken for it", async ({ store }) => {
    const [[spec, payload], follower] = [sampleJob(), sampleJob()];
    await store.insert([[spec, payload]], undefined);
    const end = sampleEnd();
    const outcomes = await Promise.all([
      store.finish(spec.id, end, sampleOutput()),
      store.deleteEndedBefore(end.completedAt + 1, 1),
      store.insert([follower], undefined),
      store.finish(spec.id, end, sampleOutput()),
    ]);
    assert.deepEqual(outcomes, [true, 1, undefined, false]);
    assert.deepEqual((await store.get(follower[0].id))?.state, fresh);
  });

  contract("retention forgets idempotency keys of that age", async ({ store }) => {
    for (const age of [1, 2, 3]) {
      await store.insert([], { key: `k${age}`, bodyHash: "h", jobIds: [], createdAt: sampleInstant - age });
    }
    await store.deleteEndedBefore(sampleInstant - 1, 10);
    const kept = await Promise.all(["k1", "k2", "k3"].map((key) => store.idempotency(key)));
    assert.deepEqual(
      kept.map((record) => record?.key),
      ["k1", undefined, undefined],
    );
  });
}
