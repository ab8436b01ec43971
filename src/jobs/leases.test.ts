import assert from "node:assert/strict";
import { test } from "node:test";
import { newJobId, sampleJob } from "../../tests/contracts/job-samples.ts";
import type { VolunteerId } from "../stdx/ids.ts";
import { Leases, PastLeases } from "./leases.ts";
import { LiveJob } from "./live-job.ts";

const volunteer = "v" as VolunteerId;
const job = () => new LiveJob(sampleJob()[0], 0, 0);

test("numbers rise by one and never leave the exact integers", () => {
  const leases = new Leases(2 ** 21 - 1);
  const first = leases.issue(job(), volunteer, 0).number;
  assert.equal(leases.issue(job(), volunteer, 0).number, first + 1);
  assert.ok(Number.isSafeInteger(first));
  assert.deepEqual([leases.size, leases.issued], [2, 2]);
});

test("numbers of two lives of the orchestrator do not meet", () => {
  const [one, two] = [new Leases(), new Leases()];
  const numbers = new Set<number>();
  for (let nth = 0; nth < 100; nth++) {
    numbers.add(one.issue(job(), volunteer, 0).number);
    numbers.add(two.issue(job(), volunteer, 0).number);
  }
  assert.equal(numbers.size, 200);
});

test("a job's lease is found until it ends", () => {
  const leases = new Leases();
  const lease = leases.issue(job(), volunteer, 3);
  assert.equal(leases.of(lease.job.id), lease);
  leases.end(lease);
  assert.equal(leases.of(lease.job.id), undefined);
  assert.deepEqual([leases.size, leases.issued], [0, 1]);
});

test("what a volunteer held lately is remembered, within bounds", () => {
  const past = new PastLeases();
  const ids = Array.from({ length: 2049 }, () => newJobId());
  for (const id of ids) past.add(id);
  assert.deepEqual(
    [ids[0], ids[1], ids[2048]].map((id) => past.has(id ?? "")),
    [false, true, true],
  );
});

test("a job that was held twice is remembered as long as the others", () => {
  const past = new PastLeases();
  const ids = Array.from({ length: 2048 }, () => newJobId());
  for (const id of ids) past.add(id);
  for (const id of ids.slice(0, 100)) past.add(id);
  assert.ok(ids.every((id) => past.has(id)));
});
