import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobRecord } from "../../src/jobs/job.ts";
import type { JobFilter, JobListPage, JobStore } from "../../src/jobs/store.ts";
import { isJobErrorCode, jobErrorCodes } from "../../src/protocol/errors.ts";
import { type JobStatus, jobStatuses } from "../../src/protocol/job.ts";
import { languages } from "../../src/protocol/languages.ts";
import type { JobId } from "../../src/stdx/ids.ts";
import { type NewJob, sampleInstant, sampleJob } from "./job-samples.ts";
import type { OpenJobStore } from "./job-store.ts";

interface ModelJob {
  readonly record: JobRecord;
  readonly payload: JobPayload;
  readonly output: JobOutput | undefined;
}

/** What a JobStore is, said in the plainest way: a list in the order of acceptance. */
class ModelStore {
  jobs: ModelJob[] = [];

  insert(jobs: readonly NewJob[]): void {
    for (const [spec, payload] of jobs) {
      const state = { status: "pending", attempts: 0, volunteerId: undefined, startedAt: undefined } as const;
      this.jobs.push({ record: { spec, state }, payload, output: undefined });
    }
  }

  progress(id: JobId, state: JobProgress): void {
    this.#change(id, (job) => ({ ...job, record: { spec: job.record.spec, state } }));
  }

  finish(id: JobId, state: JobEnd, output: JobOutput): boolean {
    return this.#change(id, (job) => ({ ...job, record: { spec: job.record.spec, state }, output }));
  }

  list({ status, namespace, language, limit, offset }: JobFilter): JobListPage {
    const matching = this.jobs
      .filter(({ record }) => status === undefined || record.state.status === status)
      .filter(({ record }) => namespace === undefined || record.spec.namespace === namespace)
      .filter(({ record }) => language === undefined || record.spec.language === language)
      .reverse();
    const jobs = matching.slice(offset, offset + limit).map(({ record, output }) => {
      return { ...record, resultJson: output?.resultJson, resultOmitted: false };
    });
    return { jobs, total: matching.length };
  }

  counts(): Record<JobStatus, number> {
    const counts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
    for (const { record } of this.jobs) counts[record.state.status] += 1;
    return counts;
  }

  /** Puts the running ones back, as a start does. */
  unfinished(): JobRecord[] {
    for (const { record } of this.jobs) {
      if (record.state.status !== "running") continue;
      const { attempts } = record.state;
      this.progress(record.spec.id, {
        status: "pending",
        attempts,
        volunteerId: undefined,
        startedAt: undefined,
      });
    }
    return this.jobs.map(({ record }) => record).filter(({ state }) => !("completedAt" in state));
  }

  deleteEndedBefore(instantMs: number, limit: number): number {
    const endedAt = ({ record: { state } }: ModelJob) =>
      "completedAt" in state ? state.completedAt : Number.POSITIVE_INFINITY;
    const due = this.jobs
      .filter((job) => endedAt(job) < instantMs)
      .sort((a, b) => endedAt(a) - endedAt(b))
      .slice(0, limit);
    this.jobs = this.jobs.filter((job) => !due.includes(job));
    return due.length;
  }

  #change(id: JobId, change: (job: ModelJob) => ModelJob): boolean {
    const index = this.jobs.findIndex(({ record }) => record.spec.id === id);
    const job = this.jobs[index];
    if (!job || "completedAt" in job.record.state) return false;
    this.jobs[index] = change(job);
    return true;
  }
}

/** One call of the store, and what is then expected of its answer. Calls of one turn are all made before any answers. */
type Call = (store: JobStore, model: ModelStore, known: JobId[]) => Promise<void>;

/** Records as the store makes them: `deepEqual` tells them from those without a prototype. */
const plain = { noNullPrototype: true } as const;
const text = fc.string({ unit: "binary", maxLength: 12 });
const namespace = fc.constantFrom("alice", "bob", "carol");
const instant = fc.integer({ min: sampleInstant, max: sampleInstant + 50 });
const orNone = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const job = fc
  .record(
    {
      namespace,
      language: fc.constantFrom(...languages),
      timeoutMs: fc.double({ min: 0.001, max: 3_600_000, noNaN: true }),
      priority: fc.nat(9),
      code: orNone(text),
      inputJson: fc.json(),
    },
    plain,
  )
  .map(({ code, inputJson, ...spec }) => ({ spec, payload: { code, inputJson } }));

const progress: fc.Arbitrary<JobProgress> = fc.record(
  {
    status: fc.constantFrom("pending", "running"),
    attempts: fc.nat(5),
    volunteerId: orNone(text),
    startedAt: orNone(instant),
  },
  plain,
);

const figure = fc.double({ min: 0, max: 1e12, noNaN: true });
const end: fc.Arbitrary<JobEnd> = fc.record(
  {
    status: fc.constantFrom("completed", "failed", "cancelled"),
    error: orNone(text),
    errorCode: orNone(fc.constantFrom(...[...jobErrorCodes].filter(isJobErrorCode))),
    stats: orNone(
      fc
        .record(
          { wall_ms: figure, cpu_ms: figure, peak_memory_bytes: figure },
          { requiredKeys: [], ...plain },
        )
        .filter((stats) => Object.keys(stats).length > 0),
    ),
    attempts: fc.nat(5),
    volunteerId: orNone(text),
    startedAt: orNone(instant),
    completedAt: instant,
  },
  plain,
);
const output = fc.record({ resultJson: orNone(fc.json()), stdout: text, stderr: text }, plain);

/** A job that was once accepted, if there was any. */
const aJob = fc.nat();
const pick = (known: readonly JobId[], nth: number) => known[nth % Math.max(1, known.length)];

const write: fc.Arbitrary<Call> = fc.oneof(
  fc.array(job, { maxLength: 4 }).map(
    (jobs): Call =>
      (store, model, known) => {
        const made = jobs.map(({ spec, payload }) => sampleJob(spec, payload));
        known.push(...made.map(([spec]) => spec.id));
        model.insert(made);
        return store.insert(made, undefined);
      },
  ),
  fc.tuple(aJob, progress).map(
    ([nth, to]): Call =>
      async (store, model, known) => {
        const id = pick(known, nth);
        if (id === undefined) return;
        model.progress(id, to);
        store.progress(id, to);
      },
  ),
  fc.tuple(aJob, end, output).map(
    ([nth, how, left]): Call =>
      async (store, model, known) => {
        const id = pick(known, nth);
        if (id === undefined) return;
        const expected = model.finish(id, how, left);
        assert.equal(await store.finish(id, how, left), expected);
      },
  ),
  fc.tuple(instant, fc.nat(5)).map(
    ([before, limit]): Call =>
      async (store, model) => {
        const expected = model.deleteEndedBefore(before, limit);
        assert.equal(await store.deleteEndedBefore(before, limit), expected);
      },
  ),
);

const filter: fc.Arbitrary<JobFilter> = fc.record({
  status: orNone(fc.constantFrom(...jobStatuses)),
  namespace: orNone(namespace),
  language: orNone(fc.constantFrom(...languages)),
  limit: fc.nat(6),
  offset: fc.nat(6),
});

const turn = fc.record({
  calls: fc.array(write, { maxLength: 8 }),
  filters: fc.array(filter, { maxLength: 2 }),
  start: fc.constantFrom("no", "no", "no", "restart", "unfinished"),
});

async function compare(store: JobStore, model: ModelStore, known: readonly JobId[]): Promise<void> {
  assert.deepEqual(await store.countByStatus(), model.counts());
  const jobs = new Map(model.jobs.map((held) => [held.record.spec.id, held]));
  for (const id of known) {
    const held = jobs.get(id);
    assert.deepEqual(await store.get(id), held?.record);
    assert.deepEqual(await store.payload(id), held?.payload);
    assert.deepEqual(await store.output(id), held?.output);
  }
}

/** Any calls in any order and company have the outcome that a plain list in memory has. */
export function jobStoreModelContract(name: string, open: OpenJobStore): void {
  test(`${name}: any sequence of calls does what it does to a plain list`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 6 }), async (turns) => {
        const harness = await open(t);
        let { store } = harness;
        const model = new ModelStore();
        const known: JobId[] = [];
        for (const { calls, filters, start } of turns) {
          await Promise.all(calls.map((call) => call(store, model, known)));
          for (const each of filters) assert.deepEqual(await store.list(each), model.list(each));
          if (start === "restart") store = await harness.restart();
          if (start === "unfinished") {
            assert.deepEqual(await Array.fromAsync(store.unfinished()), model.unfinished());
          }
        }
        await compare(store, model, known);
      }),
      { numRuns: 60 },
    );
  });
}
