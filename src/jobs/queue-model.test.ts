/** The queue against a list that is searched from end to end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sampleJob } from "../../tests/contracts/job-samples.ts";
import type { JobSpec } from "./job.ts";
import { LiveJob } from "./live-job.ts";
import { type Taker, takes } from "./match.ts";
import { JobQueue } from "./queue.ts";

const names = ["a", "b", "c", "d"] as const;

interface Account {
  lanes: number;
  usedMs: number;
  chosenAt: number;
}

/** What the queue is, said in the plainest way. */
class ModelQueue {
  jobs: LiveJob[] = [];
  readonly accounts = new Map<string, Account>(
    names.map((name) => [name, { lanes: 0, usedMs: 0, chosenAt: 0 }]),
  );
  #virtualMs = 0;
  #choices = 0;

  account(name: string): Account {
    const account = this.accounts.get(name);
    assert.ok(account);
    return account;
  }

  add(job: LiveJob): void {
    const account = this.account(job.namespace);
    const waits = this.jobs.some(({ namespace }) => namespace === job.namespace);
    if (!waits) account.usedMs = Math.max(account.usedMs, this.#virtualMs);
    this.jobs.push(job);
  }

  remove(job: LiveJob): boolean {
    const waits = this.jobs.includes(job);
    this.jobs = this.jobs.filter((other) => other !== job);
    return waits;
  }

  /** The namespaces that may go next: those that nobody goes before. */
  next(taker: Taker): string[] {
    const wanted = names.filter((name) => this.best(name, taker));
    const before = (a: Account, b: Account) =>
      a.lanes - b.lanes || a.usedMs - b.usedMs || a.chosenAt - b.chosenAt;
    return wanted.filter((name) =>
      wanted.every((other) => before(this.account(name), this.account(other)) <= 0),
    );
  }

  chosen(name: string): void {
    this.#virtualMs = this.account(name).usedMs;
    this.account(name).chosenAt = ++this.#choices;
  }

  charge(name: string, ms: number): void {
    const account = this.account(name);
    account.lanes--;
    account.usedMs = Math.min(account.usedMs + ms, Math.max(account.usedMs, this.#virtualMs + 10_000));
  }

  best(namespace: string, taker: Taker): LiveJob | undefined {
    return this.jobs
      .filter((job) => job.namespace === namespace && takes(taker, job))
      .sort((a, b) => b.spec.priority - a.spec.priority || a.seq - b.seq)[0];
  }
}

const spec: fc.Arbitrary<Partial<JobSpec>> = fc.record({
  namespace: fc.constantFrom(...names),
  language: fc.constantFrom("js", "lua", "python"),
  memoryMb: fc.constantFrom(16, 17, 256, 1024),
  priority: fc.constantFrom(0, 0, 3),
  usesDatabase: fc.constantFrom(false, false, true),
  placement: fc.constantFrom("any", "any", "trusted", "internal"),
});
const taker: fc.Arbitrary<Taker> = fc.record({
  key: fc.constant(""),
  languages: fc.constantFrom(15, 15, 8, 2, 6),
  memorySteps: fc.constantFrom(1, 2, 16, 256),
  database: fc.boolean(),
  standing: fc.constantFrom("any", "trusted", "internal"),
  namespaces: fc.option(
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }).map((some) => new Set<string>(some)),
    { nil: undefined },
  ),
});

type Step = (queue: JobQueue, model: ModelQueue, made: LiveJob[], out: LiveJob[]) => void;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: spec.map(
      (each): Step =>
        (queue, model, made) => {
          const job = new LiveJob(sampleJob(each)[0], made.length, 0);
          made.push(job);
          queue.push(job);
          model.add(job);
        },
    ),
  },
  {
    weight: 3,
    arbitrary: taker.map(
      (by): Step =>
        (queue, model, _, out) => {
          const next = model.next(by);
          const job = queue.take(by);
          if (!job) return assert.deepEqual(next, []);
          assert.ok(next.includes(job.namespace), `${job.namespace} instead of ${next}`);
          assert.equal(job, model.best(job.namespace, by));
          model.remove(job);
          model.chosen(job.namespace);
          out.push(job);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(taker, fc.constantFrom(...names)).map(
      ([by, name]): Step =>
        (queue, model, _, out) => {
          const open = { ...by, namespaces: undefined };
          const job = queue.takeFrom(name, open);
          assert.equal(job, model.best(name, open));
          if (!job) return;
          model.remove(job);
          out.push(job);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (nth): Step =>
        (queue, model, _, out) => {
          const [job] = out.splice(nth % Math.max(1, out.length), 1);
          if (!job) return;
          queue.putBack(job);
          model.add(job);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.nat().map(
      (nth): Step =>
        (queue, model, made) => {
          const job = made[nth % Math.max(1, made.length)];
          if (job) assert.equal(queue.remove(job), model.remove(job));
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...names), fc.nat(20_000)).map(
      ([name, ms]): Step =>
        (queue, model) => {
          const account = model.account(name);
          if (account.lanes === 0 || ms % 2 === 0) {
            account.lanes++;
            queue.occupy(name);
          } else {
            queue.charge(name, ms, true);
            model.charge(name, ms);
          }
        },
    ),
  },
);

test("every choice is the one that a search through everything would make", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 120 }), (plan) => {
      const queue = new JobQueue();
      const model = new ModelQueue();
      const made: LiveJob[] = [];
      const out: LiveJob[] = [];
      for (const act of plan) {
        act(queue, model, made, out);
        assert.equal(queue.size, model.jobs.length);
        for (const name of names) {
          assert.equal(
            queue.waitingOf(name),
            model.jobs.filter(({ namespace }) => namespace === name).length,
          );
        }
      }
    }),
    { numRuns: 400 },
  );
});

test("nobody starves: with work of any length, who waits is served before the others have used much more", () => {
  const use = fc.record({ name: fc.constantFrom(...names), ms: fc.constantFrom(1, 10, 1000, 100_000) });
  fc.assert(
    fc.property(fc.array(use, { minLength: 1, maxLength: 200 }), (plan) => {
      const queue = new JobQueue();
      const open: Taker = {
        key: "",
        languages: 15,
        memorySteps: 256,
        database: true,
        standing: "internal",
        namespaces: undefined,
      };
      let seq = 0;
      const used = new Map<string, number>();
      const push = (namespace: string) => queue.push(new LiveJob(sampleJob({ namespace })[0], seq++, 0));
      for (const name of names) push(name);
      const waitedMs = new Map<string, number>(names.map((name) => [name, 0]));
      const lengths = new Map<string, number>(plan.map(({ name, ms }) => [name, ms]));
      for (let turn = 0; turn < 400; turn++) {
        const job = queue.take(open);
        assert.ok(job);
        push(job.namespace);
        const ms = lengths.get(job.namespace) ?? 1;
        queue.occupy(job.namespace);
        queue.charge(job.namespace, ms, true);
        used.set(job.namespace, (used.get(job.namespace) ?? 0) + 1);
        // Each of the three others can use its ten seconds of lead, and one job more.
        for (const name of names)
          waitedMs.set(name, name === job.namespace ? 0 : (waitedMs.get(name) ?? 0) + Math.min(ms, 10_000));
        for (const ms of waitedMs.values()) assert.ok(ms <= 3 * 20_000, `waited ${ms} ms`);
      }
    }),
    { numRuns: 50 },
  );
});
