/** What becomes of ends when the disk refuses them. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sampleJob } from "../../tests/contracts/job-samples.ts";
import { JobDesk } from "../../tests/support/job-desk.ts";
import { MemoryJobStore } from "../../tests/support/memory-job-store.ts";
import { settled } from "../../tests/support/settled.ts";
import { noMeter } from "../meters/meter.ts";
import { ManualClock } from "../stdx/clock.ts";
import { noLog } from "../stdx/log.ts";
import { failed } from "./ending.ts";
import { JobEvents } from "./events.ts";
import type { JobProgress } from "./job.ts";
import { LiveJobs } from "./live.ts";

describe("while the disk refuses", () => {
  test("an end is kept and told to nobody, and stored once when the disk is back", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    const waiting = desk.jobs.waitForEnd(id, 3_600_000);
    desk.store.broken = true;
    volunteer.complete();
    for (let second = 0; second < 20; second++) {
      desk.clock.advance(1000);
      await settled();
      volunteer.say({ type: "heartbeat" });
    }
    assert.equal(await desk.status(id), "running");
    volunteer.complete(volunteer.job(), { result: "again" });
    desk.store.broken = false;
    desk.clock.advance(10_000);
    const { state, output } = await waiting;
    assert.deepEqual([state.status, output?.resultJson], ["completed", "42"]);
    assert.equal(desk.live.size, 0);
    assert.equal(volunteer.jobs.length, 1);
  });

  test("nothing more is handed out; after it all goes on", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join({ slots: 2 });
    const ids = await desk.submitMany(4);
    desk.store.broken = true;
    // The first end tells that the disk refuses, so its slot still got the next job.
    volunteer.complete(volunteer.job(0), { wallMs: 100 });
    await settled();
    assert.deepEqual(volunteer.jobIds, ids.slice(0, 3));
    volunteer.complete(volunteer.job(1), { wallMs: 100 });
    await settled();
    assert.deepEqual(volunteer.jobIds, ids.slice(0, 3));
    desk.store.broken = false;
    desk.clock.advance(200);
    await settled();
    assert.deepEqual(volunteer.jobIds, ids);
  });

  test("a stop tries once more and then lets go", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    desk.store.broken = true;
    volunteer.complete();
    await settled();
    await desk.live[Symbol.asyncDispose]();
    desk.store.broken = false;
    assert.equal((await desk.store.get(id))?.state.status, "running", "a new start runs it again");
  });

  test("a stop that finds the disk well again stores what was kept", async () => {
    const desk = new JobDesk();
    const volunteer = desk.volunteer().join();
    const id = await desk.submit();
    desk.store.broken = true;
    volunteer.complete();
    await settled();
    desk.store.broken = false;
    await desk.live[Symbol.asyncDispose]();
    assert.equal((await desk.store.get(id))?.state.status, "completed");
  });
});

test("a stop waits for the ends that are being stored", async () => {
  const gate = Promise.withResolvers<void>();
  class SlowStore extends MemoryJobStore {
    override async finish(...end: Parameters<MemoryJobStore["finish"]>): Promise<boolean> {
      await gate.promise;
      return super.finish(...end);
    }
  }
  const desk = new JobDesk({ store: new SlowStore() });
  const id = await desk.submit();
  void desk.jobs.cancel(id);
  let stopped = false;
  const stop = desk.live[Symbol.asyncDispose]().then(() => {
    stopped = true;
  });
  await settled();
  assert.equal(stopped, false);
  gate.resolve();
  await stop;
  assert.equal((await desk.store.get(id))?.state.status, "cancelled");
});

test("ends that pile up before a slow disk stop the handing out until they are stored", async () => {
  const gates: (() => void)[] = [];
  class SlowStore extends MemoryJobStore {
    override async finish(...end: Parameters<MemoryJobStore["finish"]>): Promise<boolean> {
      const gate = Promise.withResolvers<void>();
      gates.push(gate.resolve);
      await gate.promise;
      return super.finish(...end);
    }
  }
  const parts = {
    store: new SlowStore(),
    events: new JobEvents(),
    meter: noMeter,
    clock: new ManualClock(),
    log: noLog,
  };
  const live = new LiveJobs(parts, { unstoredMax: 2, unstoredCharsMax: 1000 });
  let reliefs = 0;
  live.onRelief(() => reliefs++);
  const end = async () => {
    const [spec, payload] = sampleJob();
    await parts.store.insert([[spec, payload]], undefined);
    void live.end(live.add(spec), failed("guest_error", "No."));
  };
  await end();
  await end();
  assert.equal(live.congested, false);
  await end();
  assert.equal(live.congested, true);
  gates[0]?.();
  await settled();
  assert.deepEqual([live.congested, reliefs], [false, 1]);
  gates[1]?.();
  await settled();
  assert.equal(reliefs, 1);
});

test("a fault of one job's end does not stop the others", async () => {
  class FaultyStore extends MemoryJobStore {
    faulty: string | undefined;
    override async finish(...end: Parameters<MemoryJobStore["finish"]>): Promise<boolean> {
      if (end[0] === this.faulty) throw new TypeError("no such column");
      return super.finish(...end);
    }
  }
  const store = new FaultyStore();
  const desk = new JobDesk({ store });
  const volunteer = desk.volunteer().join();
  const [first, second] = await desk.submitMany(2);
  store.faulty = first;
  volunteer.complete(volunteer.job(0));
  await settled();
  volunteer.complete(volunteer.job(1));
  await settled();
  assert.deepEqual(
    [await desk.status(first ?? ""), await desk.status(second ?? "")],
    ["running", "completed"],
  );
  store.faulty = undefined;
  desk.clock.advance(100);
  await settled();
  assert.equal(await desk.status(first ?? ""), "completed");
});

test("an end that another orchestrator reached first is the one that is told", async () => {
  const desk = new JobDesk();
  const volunteer = desk.volunteer().join();
  const id = await desk.submit();
  const waiting = desk.jobs.waitForEnd(id, 60_000);
  const other = new JobDesk({ store: desk.store });
  await other.jobs.recover();
  await other.jobs.cancel(id);
  volunteer.complete();
  assert.equal((await waiting).state.status, "cancelled");
  assert.equal(desk.live.size, 0);
});

test("the store hears of progress once a turn, and not of jobs that are over by then", async () => {
  const noted: [string, JobProgress["status"]][] = [];
  class NotingStore extends MemoryJobStore {
    override progress(...[id, progress]: Parameters<MemoryJobStore["progress"]>): void {
      noted.push([id, progress.status]);
      super.progress(id, progress);
    }
  }
  const desk = new JobDesk({ store: new NotingStore() });
  const volunteer = desk.volunteer().join();
  await desk.submit();
  volunteer.complete(volunteer.job(), { wallMs: 0.5 });
  const ids = await desk.submitMany(4);
  await settled();
  noted.length = 0;
  for (const job of volunteer.jobs.slice(1)) volunteer.complete(job, { wallMs: 0.5 });
  for (const job of volunteer.jobs.slice(2, 4)) volunteer.complete(job, { wallMs: 0.5 });
  await settled();
  assert.deepEqual(noted, [[ids[3], "running"]]);
});
