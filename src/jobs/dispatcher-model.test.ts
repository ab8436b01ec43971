/** Whatever volunteers do, in any order: every job ends exactly once, and only where it may. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { JobDesk } from "../../tests/support/job-desk.ts";
import { MemoryJobStore } from "../../tests/support/memory-job-store.ts";
import { settled } from "../../tests/support/settled.ts";
import type { Language } from "../protocol/languages.ts";
import type { Capabilities, JobMessage, OrchestratorMessage } from "../protocol/volunteer.ts";
import type { JobId, VolunteerId } from "../stdx/ids.ts";
import type { VolunteerSession } from "../volunteers/session.ts";
import { hasEnded, type JobEnd, type JobOutput } from "./job.ts";

const silenceMs = 5_000;
const stepMs = 400;

/** Counts how often each job ended, and looks at what a completed one is said to have returned. */
class CountingStore extends MemoryJobStore {
  readonly ends = new Map<JobId, number>();
  completed: ((id: JobId, lease: number) => void) | undefined;

  override async finish(id: JobId, end: JobEnd, output: JobOutput): Promise<boolean> {
    const first = await super.finish(id, end, output);
    if (first) this.ends.set(id, (this.ends.get(id) ?? 0) + 1);
    if (first && end.status === "completed") this.completed?.(id, Number(output.resultJson));
    return first;
  }
}

interface Wish {
  readonly code: string;
  readonly namespace: string;
  readonly job_type: Exclude<Language, "wasm">;
  readonly memory_mb: number;
  readonly priority: number;
  readonly max_retries: number;
}

interface Offer {
  readonly capabilities: Capabilities;
  readonly namespaces: string[] | undefined;
  readonly slots: number;
  readonly lanes: boolean;
}

/** A volunteer that may be honest, late, wrong or gone. It checks everything it is sent. */
class ModelVolunteer implements VolunteerSession {
  readonly id: VolunteerId;
  readonly origin = "remote";
  readonly standing = "native";
  readonly address = "";
  readonly offer: Offer;
  readonly #world: World;
  /** What it was sent and has not answered. */
  held: JobMessage[] = [];
  /** All that it was ever sent. */
  readonly known: JobMessage[] = [];
  gone = false;
  hung = false;
  draining = false;
  armed = true;
  readonly resting = new Set<number>();

  constructor(world: World, id: string, offer: Offer) {
    this.#world = world;
    this.id = id as VolunteerId;
    this.offer = offer;
  }

  send(message: OrchestratorMessage): void {
    assert.equal(this.gone, false, "a session that is over is sent something");
    if (message.type === "cancel") this.held = this.held.filter(({ job_id }) => job_id !== message.job_id);
    if (message.type !== "job") return;
    this.#check(message);
    this.armed = this.offer.lanes;
    this.held.push(message);
    this.known.push(message);
    this.#world.leased(this, message);
  }

  close(): void {
    this.leave();
  }

  leave(): void {
    if (this.gone) return;
    this.gone = true;
    this.held = [];
    this.#world.desk.dispatcher.closed(this);
  }

  hang(): void {
    this.hung = true;
  }

  /** Begins or ends a slot's rest; what was sent to it and has not begun may go back or not. */
  restOrWake(slot: number): void {
    if (!this.offer.lanes || this.gone) return;
    const wakes = this.resting.delete(slot);
    if (!wakes) this.resting.add(slot);
    this.#world.desk.dispatcher.message(this, { type: wakes ? "wake" : "rest", slot });
  }

  ready(): void {
    const { capabilities, slots, lanes, namespaces } = this.offer;
    this.armed = true;
    this.#world.desk.dispatcher.ready(this, {
      type: "ready",
      capabilities,
      ...(lanes && { slots, lanes }),
      ...(namespaces && { namespaces }),
    });
  }

  #check(job: JobMessage): void {
    const { capabilities, namespaces, slots } = this.offer;
    assert.equal(this.draining, false, "a volunteer that drains gets work");
    assert.equal(this.resting.has(job.slot), false, "a slot that rests gets work");
    assert.ok(capabilities.db !== false || !job.code?.includes("db."), "the database is out of its reach");
    assert.equal(this.armed, true, "a reference volunteer gets a job before it is ready again");
    assert.equal(capabilities[job.job_type], true, "the language is not offered");
    assert.ok(job.memory_mb <= capabilities.max_memory_mb, "the memory is not there");
    assert.ok(
      namespaces === undefined || namespaces.includes(job.namespace),
      "the namespace is not on the list",
    );
    assert.ok(job.slot < slots, "the slot is not there");
    const lane = this.held.filter(({ slot }) => slot === job.slot);
    for (const other of lane)
      assert.equal(other.namespace, job.namespace, "a lane is sent two namespaces at once");
    for (const other of lane) {
      assert.equal(
        other.job_type === "python",
        job.job_type === "python",
        "a lane is sent two kinds at once",
      );
    }
    assert.ok(lane.length < 32, "too much is sent ahead");
  }
}

class World {
  readonly store = new CountingStore();
  readonly desk = new JobDesk({ store: this.store, silenceMs, payloadBytesMax: 4096 });
  readonly volunteers: ModelVolunteer[] = [];
  readonly wishes = new Map<string, Wish>();
  readonly #leases = new Set<number>();
  /** Jobs whose result came on a lease that was no longer in force. */
  readonly #wrongResults: string[] = [];
  readonly #inForce = new Map<string, { volunteer: ModelVolunteer; lease: number }>();

  constructor() {
    this.store.completed = (id, lease) => {
      if (this.#inForce.get(id)?.lease !== lease) this.#wrongResults.push(id);
    };
  }

  leased(volunteer: ModelVolunteer, job: JobMessage): void {
    assert.ok(Number.isSafeInteger(job.lease));
    assert.equal(this.#leases.has(job.lease), false, "a lease number is given twice");
    assert.equal(this.store.ends.has(job.job_id as JobId), false, "a job that has ended is handed out");
    const holder = this.#inForce.get(job.job_id)?.volunteer;
    if (holder && holder !== volunteer && !holder.hung) {
      assert.equal(
        holder.held.some(({ job_id }) => job_id === job.job_id),
        false,
        "two volunteers hold one job",
      );
    }
    this.#leases.add(job.lease);
    this.#inForce.set(job.job_id, { volunteer, lease: job.lease });
  }

  join(offer: Offer): ModelVolunteer {
    const volunteer = new ModelVolunteer(this, `v${this.volunteers.length}`, offer);
    this.volunteers.push(volunteer);
    volunteer.ready();
    return volunteer;
  }

  pick(nth: number): ModelVolunteer | undefined {
    const here = this.volunteers.filter(({ gone }) => !gone);
    return here[nth % Math.max(1, here.length)];
  }

  /** Answers a job that the volunteer holds, in one of the ways a job may end. */
  answer(volunteer: ModelVolunteer, place: number, how: "result" | "guest_error" | "cell_crashed"): void {
    const job = volunteer.held[place % Math.max(1, volunteer.held.length)];
    if (!job || volunteer.gone) return;
    volunteer.held = volunteer.held.filter((other) => other !== job);
    const about = { job_id: job.job_id, ...(volunteer.offer.lanes && { lease: job.lease }) };
    const stats = { wall_ms: 0.5 };
    const { dispatcher } = this.desk;
    if (how === "result")
      dispatcher.message(volunteer, { type: "result", ...about, result: job.lease, stats });
    else dispatcher.message(volunteer, { type: "error", ...about, error: "No.", code: how });
    if (!volunteer.offer.lanes && !volunteer.gone) volunteer.ready();
  }

  break(broken: boolean): void {
    this.store.broken = broken;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.desk.clock.advance(stepMs);
      for (const volunteer of this.volunteers) {
        if (!volunteer.gone && !volunteer.hung)
          this.desk.dispatcher.message(volunteer, { type: "heartbeat" });
      }
      await settled();
    }
  }

  /** Everybody who is here turns honest, help comes for every kind of job, and all is worked off. */
  async finish(): Promise<void> {
    this.store.broken = false;
    for (const volunteer of this.volunteers) {
      for (const slot of volunteer.resting) volunteer.restOrWake(slot);
      if (volunteer.hung || volunteer.draining) volunteer.leave();
    }
    this.join({ capabilities: able, namespaces: undefined, slots: 4, lanes: true });
    this.join({ capabilities: able, namespaces: undefined, slots: 1, lanes: false });
    for (let round = 0; this.desk.live.size > 0; round++) {
      assert.ok(round < 2_000, `${this.desk.live.size} jobs never end`);
      for (const volunteer of this.volunteers) {
        while (volunteer.held.length > 0) this.answer(volunteer, 0, "result");
        // A cancelled reference volunteer says so when it is free again.
        if (!volunteer.gone && !volunteer.armed) volunteer.ready();
      }
      await this.pass(stepMs);
    }
  }

  async check(): Promise<void> {
    assert.deepEqual(this.#wrongResults, []);
    assert.equal(this.store.ends.size, this.wishes.size);
    for (const [id, wish] of this.wishes) {
      assert.equal(this.store.ends.get(id as JobId), 1, "a job did not end once");
      const { state } = await this.desk.jobs.get(id);
      assert.ok(hasEnded(state));
      assert.ok(state.attempts <= wish.max_retries + 1, `${state.attempts} attempts`);
    }
    const { dispatcher, live } = this.desk;
    assert.deepEqual([dispatcher.queue.size, dispatcher.leased, live.size, live.running], [0, 0, 0, 0]);
    assert.deepEqual(dispatcher.queue.waitingByLanguage, { wasm: 0, python: 0, lua: 0, js: 0 });
    for (const volunteer of this.desk.volunteers) assert.equal(volunteer.running.size, 0);
  }
}

const able: Capabilities = { wasm: true, python: true, lua: true, js: true, max_memory_mb: 4096 };
const namespaces = ["alice", "bob", "carol"] as const;

const wish: fc.Arbitrary<Wish> = fc.record({
  code: fc.constantFrom("1", "1", "db.get('a')"),
  namespace: fc.constantFrom(...namespaces),
  job_type: fc.constantFrom("js", "lua", "python"),
  memory_mb: fc.constantFrom(16, 250, 256, 1000),
  priority: fc.constantFrom(0, 0, 0, 5, 9),
  max_retries: fc.nat(3),
});

const offer: fc.Arbitrary<Offer> = fc
  .record({
    capabilities: fc.record({
      wasm: fc.boolean(),
      python: fc.boolean(),
      lua: fc.boolean(),
      js: fc.boolean(),
      db: fc.boolean(),
      max_memory_mb: fc.constantFrom(16, 255, 256, 1024),
    }),
    namespaces: fc.option(fc.uniqueArray(fc.constantFrom(...namespaces), { minLength: 1 }), {
      nil: undefined,
    }),
    slots: fc.integer({ min: 1, max: 3 }),
    lanes: fc.boolean(),
  })
  .map((made) => ({ ...made, slots: made.lanes ? made.slots : 1 }));

type Step = (world: World) => void | Promise<void>;

const nth = fc.nat(50);
const on = (act: (world: World, volunteer: ModelVolunteer, place: number) => void) =>
  fc.tuple(nth, nth).map(
    ([which, place]): Step =>
      (world) => {
        const volunteer = world.pick(which);
        if (volunteer) act(world, volunteer, place);
      },
  );

const submit = fc.array(wish, { minLength: 1, maxLength: 12 }).map(
  (wishes): Step =>
    async (world) => {
      if (world.store.broken) return;
      const { jobs } = await world.desk.jobs.submit(wishes);
      for (const [place, job] of jobs.entries()) {
        const each = wishes[place];
        if (each) world.wishes.set(job.spec.id, each);
      }
    },
);

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: submit },
  {
    weight: 3,
    arbitrary: offer.map(
      (each): Step =>
        (world) =>
          void world.join(each),
    ),
  },
  { weight: 8, arbitrary: on((world, volunteer, place) => world.answer(volunteer, place, "result")) },
  { weight: 2, arbitrary: on((world, volunteer, place) => world.answer(volunteer, place, "guest_error")) },
  { weight: 2, arbitrary: on((world, volunteer, place) => world.answer(volunteer, place, "cell_crashed")) },
  { weight: 1, arbitrary: on((_, volunteer) => volunteer.leave()) },
  // Gives a job back.
  {
    weight: 2,
    arbitrary: on((world, volunteer, place) => {
      const job = volunteer.held[place % Math.max(1, volunteer.held.length)];
      if (!job || !volunteer.offer.lanes) return;
      volunteer.held = volunteer.held.filter((other) => other !== job);
      world.desk.dispatcher.message(volunteer, { type: "return", job_id: job.job_id, lease: job.lease });
    }),
  },
  {
    weight: 2,
    arbitrary: on((_, volunteer, place) => volunteer.restOrWake(place % volunteer.offer.slots)),
  },
  // Says again what it said long ago: too late, or twice.
  {
    weight: 3,
    arbitrary: on((world, volunteer, place) => {
      const job = volunteer.known[place % Math.max(1, volunteer.known.length)];
      if (!job || volunteer.held.includes(job)) return;
      world.desk.dispatcher.message(volunteer, {
        type: "result",
        job_id: job.job_id,
        lease: job.lease,
        result: -1,
      });
      assert.equal(volunteer.gone, false, "a late message is no crime");
    }),
  },
  // Speaks of a job that another one holds, under that one's lease or its own invention.
  {
    weight: 1,
    arbitrary: on((world, volunteer, place) => {
      const other = world.pick(place);
      const job = other?.held[0];
      if (!job || other === volunteer || volunteer.known.some(({ job_id }) => job_id === job.job_id)) return;
      world.desk.dispatcher.message(volunteer, {
        type: "result",
        job_id: job.job_id,
        lease: job.lease,
        result: -1,
      });
      assert.equal(volunteer.gone, true, "it was not shown the door");
    }),
  },
  {
    weight: 1,
    arbitrary: on((world, volunteer) => {
      volunteer.draining = true;
      world.desk.dispatcher.message(volunteer, { type: "drain" });
    }),
  },
  { weight: 1, arbitrary: on((_, volunteer) => volunteer.hang()) },
  {
    weight: 2,
    arbitrary: nth.map(
      (which): Step =>
        async (world) => {
          const ids = [...world.wishes.keys()];
          const id = ids[which % Math.max(1, ids.length)];
          if (id === undefined || world.store.broken) return;
          const before = await world.desk.jobs.get(id);
          const cancelled = world.desk.jobs.cancel(id).then(
            () => true,
            () => false,
          );
          assert.equal(await cancelled, !hasEnded(before.state) && world.store.ends.get(id as JobId) === 1);
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(400, 1200, 6000).map(
      (ms): Step =>
        (world) =>
          world.pass(ms),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map(
      (broken): Step =>
        (world) =>
          world.break(broken),
    ),
  },
);

test("every job ends exactly once, where it fits, whatever volunteers and disk do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 60 }), async (plan) => {
      const world = new World();
      for (const step of plan) {
        await step(world);
        await settled();
      }
      await world.finish();
      await world.check();
      world.desk.dispatcher[Symbol.dispose]();
    }),
    { numRuns: 200 },
  );
});
