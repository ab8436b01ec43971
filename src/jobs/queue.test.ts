import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleJob } from "../../tests/contracts/job-samples.ts";
import type { Placement } from "../protocol/placement.ts";
import type { VolunteerOffer } from "../volunteers/registry.ts";
import type { JobSpec } from "./job.ts";
import { LiveJob } from "./live-job.ts";
import { type Taker, takerOf } from "./match.ts";
import { JobQueue } from "./queue.ts";

let seq = 0;
const job = (spec: Partial<JobSpec> = {}) => new LiveJob(sampleJob(spec)[0], seq++, 0);

function taker(
  offer: { python?: boolean; max_memory_mb?: number; namespaces?: string[]; standing?: Placement } = {},
): Taker {
  const { python = true, max_memory_mb = 4096, namespaces, standing = "internal" } = offer;
  const volunteer: VolunteerOffer = {
    capabilities: { wasm: true, python, lua: true, js: true, max_memory_mb },
    slots: 1,
    namespaces: namespaces && new Set(namespaces),
    isolation: "unknown",
    agent: "",
    lanes: true,
    share: 1,
  };
  return takerOf(volunteer, standing);
}

const anyone = taker();

function queueOf(...jobs: LiveJob[]): JobQueue {
  const queue = new JobQueue();
  for (const each of jobs) queue.push(each);
  return queue;
}

function takeAll(queue: JobQueue, by: Taker = anyone): LiveJob[] {
  return Array.from({ length: queue.size }, () => queue.take(by)).filter((each) => each !== undefined);
}

describe("within a namespace", () => {
  test("jobs leave in the order they came", () => {
    const jobs = [job(), job(), job()];
    assert.deepEqual(takeAll(queueOf(...jobs)), jobs);
  });

  test("so they do across languages and sizes", () => {
    const jobs = [
      job({ language: "python" }),
      job({ memoryMb: 1000 }),
      job({ language: "lua", memoryMb: 16 }),
    ];
    assert.deepEqual(takeAll(queueOf(...jobs)), jobs);
  });

  test("a higher priority goes first", () => {
    const [low, high, middle] = [
      job({ priority: 0 }),
      job({ priority: 9 }),
      job({ priority: 4, language: "lua" }),
    ];
    assert.deepEqual(takeAll(queueOf(low, high, middle)), [high, middle, low]);
  });

  test("jobs that came back go before newer ones, the oldest first", () => {
    const [first, second, third] = [job(), job(), job()];
    const queue = queueOf(first, second, third);
    queue.take(anyone);
    queue.take(anyone);
    queue.putBack(second);
    queue.putBack(first);
    assert.deepEqual(takeAll(queue), [first, second, third]);
  });

  test("a job that came back does not overtake a higher priority", () => {
    const [low, high] = [job(), job({ priority: 1 })];
    const queue = queueOf(low);
    queue.take(anyone);
    queue.push(high);
    queue.putBack(low);
    assert.deepEqual(takeAll(queue), [high, low]);
  });
});

describe("a taker", () => {
  test("gets no language it does not know", () => {
    const [python, js] = [job({ language: "python" }), job()];
    const queue = queueOf(python, js);
    const noPython = taker({ python: false });
    assert.deepEqual([queue.take(noPython), queue.take(noPython), queue.size], [js, undefined, 1]);
  });

  test("gets no job that needs more memory than it has", () => {
    const [large, small] = [job({ memoryMb: 257 }), job({ memoryMb: 256 })];
    const queue = queueOf(large, small);
    const modest = taker({ max_memory_mb: 271 });
    assert.deepEqual([queue.take(modest), queue.take(modest)], [small, undefined]);
    assert.equal(queue.take(taker({ max_memory_mb: 272 })), large);
  });

  test("with a whitelist gets jobs of its namespaces alone", () => {
    const [bob, alice] = [job({ namespace: "bob" }), job({ namespace: "alice" })];
    const queue = queueOf(bob, alice);
    const alices = taker({ namespaces: ["carol", "alice"] });
    assert.deepEqual([queue.take(alices), queue.take(alices)], [alice, undefined]);
    assert.equal(queue.takeFrom("bob", taker()), bob);
  });
});

describe("between namespaces", () => {
  test("each gets its turn, however long the queue of another is", () => {
    const jobs = [..."aaaaab"].map((namespace) => job({ namespace }));
    jobs.push(job({ namespace: "c" }));
    const order = takeAll(queueOf(...jobs)).map(({ namespace }) => namespace);
    assert.deepEqual(order.slice(0, 3).sort(), ["a", "b", "c"]);
    assert.deepEqual(order.slice(3), ["a", "a", "a", "a"]);
  });

  test("who has fewer lanes goes first", () => {
    const queue = queueOf(job({ namespace: "a" }), job({ namespace: "b" }));
    queue.occupy("a");
    assert.equal(queue.take(anyone)?.namespace, "b");
    assert.equal(queue.take(anyone)?.namespace, "a");
  });

  test("of those with as many lanes, who has used less time goes first", () => {
    const queue = queueOf(...[..."aabb"].map((namespace) => job({ namespace })));
    queue.occupy("a");
    queue.charge("a", 500, true);
    queue.occupy("b");
    queue.charge("b", 100, true);
    assert.equal(queue.take(anyone)?.namespace, "b");
    queue.occupy("b");
    queue.charge("b", 1000, true);
    assert.equal(queue.take(anyone)?.namespace, "a");
  });

  test("time without work is no credit", () => {
    const queue = queueOf(...[..."aaa"].map((namespace) => job({ namespace })));
    for (let nth = 0; nth < 2; nth++) {
      queue.take(anyone);
      queue.occupy("a");
      queue.charge("a", 1000, true);
    }
    // b has used nothing yet, but it was not there: one turn, not two thousand milliseconds of them.
    for (let nth = 0; nth < 3; nth++) queue.push(job({ namespace: "b" }));
    assert.equal(queue.take(anyone)?.namespace, "b");
    queue.occupy("b");
    queue.charge("b", 1001, true);
    assert.equal(queue.take(anyone)?.namespace, "a");
  });

  test("the longest use costs ten seconds of waiting at most", () => {
    const queue = queueOf(...[..."aabbb"].map((namespace) => job({ namespace })));
    queue.occupy("a");
    queue.charge("a", 3_600_000, true);
    const spend = () => {
      assert.equal(queue.take(anyone)?.namespace, "b");
      queue.occupy("b");
      queue.charge("b", 5_001, true);
    };
    spend();
    spend();
    assert.equal(queue.take(anyone)?.namespace, "a");
  });

  test("a lane that is charged in mid-turn still counts", () => {
    const queue = queueOf(job({ namespace: "a" }), job({ namespace: "b" }));
    queue.occupy("a");
    queue.charge("a", 0, false);
    assert.equal(queue.take(anyone)?.namespace, "b");
  });

  test("a rival is another namespace with work that fits", () => {
    const queue = queueOf(job({ namespace: "a" }), job({ namespace: "b", language: "python" }));
    assert.equal(queue.hasRival(anyone, "a"), true);
    assert.equal(queue.hasRival(taker({ python: false }), "a"), false);
    assert.equal(queue.hasRival(taker({ namespaces: ["a", "c"] }), "a"), false);
    assert.equal(queue.hasRival(taker({ namespaces: ["a", "b"] }), "a"), true);
    assert.equal(queue.hasRival(taker({ python: false }), "b"), true);
    queue.push(job({ namespace: "c" }));
    assert.equal(queue.hasRival(taker({ python: false }), "a"), true);
  });

  test("thousands that come and go are not kept for ever", () => {
    const queue = new JobQueue();
    for (let nth = 0; nth < 5_000; nth++) {
      queue.push(job({ namespace: `n${nth}` }));
      queue.take(anyone);
    }
    assert.ok(queue.tenantCount <= 1024, `${queue.tenantCount} are kept`);
  });
});

describe("among thousands of namespaces that come and go", () => {
  const comeAndGo = (queue: JobQueue) => {
    for (let nth = 0; nth < 2_000; nth++) {
      queue.push(job({ namespace: `n${nth}` }));
      queue.take(taker({ namespaces: [`n${nth}`] }));
    }
  };

  test("one that has work again keeps it", () => {
    const queue = queueOf(job({ namespace: "kept" }));
    queue.take(anyone);
    const second = job({ namespace: "kept" });
    queue.push(second);
    comeAndGo(queue);
    assert.equal(queue.waitingOf("kept"), 1);
    assert.equal(queue.take(anyone), second);
  });

  test("one that holds a lane again is known to hold it", () => {
    const queue = queueOf(job({ namespace: "kept" }));
    queue.take(anyone);
    queue.occupy("kept");
    comeAndGo(queue);
    queue.push(job({ namespace: "kept" }));
    queue.push(job({ namespace: "other" }));
    assert.equal(queue.take(anyone)?.namespace, "other");
  });
});

describe("taking ahead", () => {
  const eager = { kind: "core", mayTakeAhead: () => true } as const;

  test("gives jobs of one namespace and kind alone", () => {
    const [python, js] = [job({ namespace: "a", language: "python" }), job({ namespace: "a" })];
    const queue = queueOf(job({ namespace: "b" }), python, js);
    assert.equal(queue.takeAhead("a", anyone, eager), js);
    assert.equal(queue.takeAhead("a", anyone, eager), undefined);
    assert.equal(queue.takeAhead("nobody", anyone, eager), undefined);
  });

  test("does not pass over a job that may not be taken ahead", () => {
    const queue = queueOf(job({ maxRetries: 0 }), job());
    const wary = { kind: "core", mayTakeAhead: (each: LiveJob) => !each.runsAlone } as const;
    assert.equal(queue.takeAhead("default", anyone, wary), undefined);
    assert.equal(queue.size, 2);
  });
});

describe("taking out", () => {
  test("a cancelled job is gone and the counts know it at once", () => {
    const [first, second, third] = [job(), job({ language: "lua" }), job()];
    const queue = queueOf(first, second, third);
    assert.equal(queue.remove(first), true);
    assert.deepEqual([queue.size, queue.waitingOf("default")], [2, 2]);
    assert.deepEqual(queue.waitingByLanguage, { wasm: 0, python: 0, lua: 1, js: 1 });
    assert.deepEqual(takeAll(queue), [second, third]);
  });

  test("a job that came back can be taken out too", () => {
    const [first, second] = [job(), job()];
    const queue = queueOf(first, second);
    queue.take(anyone);
    queue.putBack(first);
    assert.equal(queue.remove(first), true);
    assert.deepEqual(takeAll(queue), [second]);
  });

  test("a job that does not wait is none of the queue's", () => {
    const queue = queueOf(job());
    const taken = queue.take(anyone);
    assert.ok(taken);
    assert.equal(queue.remove(taken), false);
    assert.equal(queue.remove(job()), false);
    assert.equal(queue.size, 0);
  });

  test("the last job leaves nothing that could be chosen", () => {
    const only = job();
    const queue = queueOf(only);
    queue.remove(only);
    assert.equal(queue.take(anyone), undefined);
    assert.equal(queue.hasRival(anyone, "other"), false);
  });

  test("what was taken out does not pile up behind the first job", () => {
    const queue = queueOf(job());
    for (let nth = 0; nth < 20_000; nth++) {
      const next = job();
      queue.push(next);
      queue.remove(next);
    }
    assert.equal(queue.size, 1);
    assert.ok(queue.heldCount < 200, `${queue.heldCount} are still held`);
  });
});

test("the longest queues are named, longest first and only so many", () => {
  const queue = queueOf(...[..."abbccc"].map((namespace) => job({ namespace })));
  assert.deepEqual(Object.entries(queue.waitingByNamespace(2)), [
    ["c", 3],
    ["b", 2],
  ]);
});

test("a job goes only to those that its placement allows", () => {
  const jobs = [job({ placement: "internal" }), job({ placement: "trusted" }), job({ placement: "any" })];
  const [internal, trusted, any] = jobs;
  const queue = queueOf(...jobs);
  assert.equal(queue.take(taker({ standing: "any" })), any);
  assert.equal(queue.take(taker({ standing: "any" })), undefined);
  assert.equal(queue.take(taker({ standing: "trusted" })), trusted);
  assert.equal(queue.take(taker({ standing: "trusted" })), undefined);
  assert.equal(queue.take(taker({ standing: "internal" })), internal);
});
