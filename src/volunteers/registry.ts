import type { JobVolunteer } from "../protocol/job.ts";
import type { Language } from "../protocol/languages.ts";
import type { Placement } from "../protocol/placement.ts";
import {
  type Capabilities,
  functionsKept,
  type Isolation,
  type ReadyMessage,
} from "../protocol/volunteer.ts";
import type { VolunteerKind } from "../protocol/volunteer-kinds.ts";
import type { VolunteerDoing, VolunteerList, VolunteerView } from "../protocol/volunteer-view.ts";
import type { Clock } from "../stdx/clock.ts";
import type { JobId, VolunteerId } from "../stdx/ids.ts";
import { Shelf } from "../stdx/shelf.ts";
import { kindOf } from "./kind.ts";
import type { VolunteerSession } from "./session.ts";

/** What a volunteer said of itself in `ready`, with the gaps filled. */
export interface VolunteerOffer {
  readonly capabilities: Capabilities;
  readonly slots: number;
  /** Undefined: it serves every namespace. */
  readonly namespaces: ReadonlySet<string> | undefined;
  readonly isolation: Isolation;
  readonly agent: string;
  /** It speaks more than the reference protocol: slots, leases, prefetch. */
  readonly lanes: boolean;
  /** How much of the time each slot is busy at most. */
  readonly share: number;
}

/** A job at its turn on a slot. */
export interface RunningJob {
  readonly language: Language;
  readonly namespace: string;
}

/** A function that a slot is called for. */
export interface CalledFunction {
  readonly namespace: string;
  readonly path: string;
}

/** One connected volunteer. What it does now is kept here by the dispatcher. */
export class Volunteer {
  readonly session: VolunteerSession;
  readonly connectedAt: number;
  offer: VolunteerOffer;
  lastSeenAt: number;
  draining = false;
  /** The slots that take no work for now, by its own wish. */
  readonly resting = new Set<number>();
  jobsCompleted = 0;
  jobsFailed = 0;
  callsCompleted = 0;
  callsFailed = 0;
  /** How long its slots have worked, as far as it is believed. */
  readonly busyMs: Record<Language, number> = { wasm: 0, python: 0, lua: 0, js: 0 };
  /** The jobs at their turn: at most one per slot. */
  readonly running = new Map<JobId, RunningJob>();
  /** The functions that its other busy slots are called for, by slot. */
  readonly calling = new Map<number, CalledFunction>();
  /** The functions whose code it has, by their revisions' ids. */
  readonly functions = new Shelf<string>(functionsKept);

  constructor(session: VolunteerSession, message: ReadyMessage, nowMs: number) {
    this.session = session;
    this.offer = this.present(message);
    this.connectedAt = nowMs;
    this.lastSeenAt = nowMs;
  }

  /** It has said `ready`, for the first time or again. */
  present({ resting = [], ...message }: ReadyMessage): VolunteerOffer {
    this.offer = offerOf(message);
    this.resting.clear();
    for (const slot of resting) if (slot < this.offer.slots) this.resting.add(slot);
    return this.offer;
  }

  get id(): VolunteerId {
    return this.session.id;
  }

  /**
   * One of its slots has run something.
   * @param tookMs as seen from here
   * @param saidMs as the volunteer measured it; more than was seen is not believed
   */
  worked(language: Language, tookMs: number, saidMs: number | undefined): void {
    this.busyMs[language] += Math.min(saidMs ?? tookMs, tookMs);
  }

  /** How many of its slots run something. */
  get busySlots(): number {
    return this.running.size + this.calling.size;
  }

  /** Whether it may run what is not for everybody. Where nobody is asked for a token, native programs are taken for ours. */
  get trusted(): boolean {
    const { standing } = this.session;
    return standing === "trusted" || (standing === "native" && isNative(this.offer.isolation));
  }

  /** The closest placement that it counts as. */
  get placement(): Placement {
    if (this.session.origin === "internal") return "internal";
    return this.trusted ? "trusted" : "any";
  }
}

export interface VolunteerTotals {
  readonly volunteers: number;
  readonly slots: number;
  readonly busySlots: number;
}

/** Of how many volunteers that left it is remembered what they were. */
const departedMax = 10_000;

/** Who is connected. */
export class VolunteerRegistry {
  readonly #clock: Clock;
  readonly #volunteers = new Map<string, Volunteer>();
  readonly #departed = new Shelf<{ readonly agent: string; readonly kind: VolunteerKind }>(departedMax);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#volunteers.size;
  }

  add(session: VolunteerSession, message: ReadyMessage): Volunteer {
    const volunteer = new Volunteer(session, message, this.#clock.now());
    this.#volunteers.set(session.id, volunteer);
    return volunteer;
  }

  get(id: VolunteerId): Volunteer | undefined {
    return this.#volunteers.get(id);
  }

  remove(id: VolunteerId): void {
    const volunteer = this.#volunteers.get(id);
    this.#volunteers.delete(id);
    if (volunteer) this.#departed.put(id, { agent: volunteer.offer.agent, kind: kindOf(volunteer) });
  }

  /** Who somebody is, or was. */
  whois(id: string): JobVolunteer {
    const volunteer = this.#volunteers.get(id);
    if (volunteer) return { id, agent: volunteer.offer.agent, kind: kindOf(volunteer), connected: true };
    const { agent, kind } = this.#departed.get(id) ?? { agent: null, kind: null };
    return { id, agent, kind, connected: false };
  }

  [Symbol.iterator](): IterableIterator<Volunteer> {
    return this.#volunteers.values();
  }

  totals(): VolunteerTotals {
    let slots = 0;
    let busySlots = 0;
    for (const volunteer of this) {
      slots += volunteer.offer.slots;
      busySlots += volunteer.busySlots;
    }
    return { volunteers: this.size, slots, busySlots };
  }

  byKind(): Record<VolunteerKind, number> {
    const counts = { native: 0, browser: 0, internal: 0, other: 0 };
    for (const volunteer of this) counts[kindOf(volunteer)]++;
    return counts;
  }

  /** The body of `GET /api/volunteers`; those who came first come first. */
  view(): VolunteerList {
    return { volunteers: [...this].map(volunteerView), total: this.size };
  }
}

/** A volunteer of the reference protocol has one slot, whatever else it says. */
function offerOf(message: ReadyMessage): VolunteerOffer {
  const lanes = message.lanes === true;
  return {
    capabilities: message.capabilities,
    slots: lanes ? (message.slots ?? 1) : 1,
    namespaces:
      message.namespaces === undefined || message.namespaces.length === 0
        ? undefined
        : new Set(message.namespaces),
    isolation: message.isolation ?? "unknown",
    agent: message.agent ?? "",
    lanes,
    share: lanes ? (message.share ?? 1) : 1,
  };
}

function isNative(isolation: Isolation): boolean {
  return isolation === "bubblewrap" || isolation === "process";
}

function volunteerView(volunteer: Volunteer): VolunteerView {
  const { session, offer } = volunteer;
  return {
    id: session.id,
    kind: kindOf(volunteer),
    origin: session.origin,
    trusted: volunteer.trusted,
    address: session.address,
    agent: offer.agent,
    isolation: offer.isolation,
    capabilities: offer.capabilities,
    slots: offer.slots,
    busy_slots: volunteer.busySlots,
    resting_slots: volunteer.resting.size,
    share: offer.share,
    namespaces: offer.namespaces === undefined ? null : [...offer.namespaces].sort(),
    jobs_completed: volunteer.jobsCompleted,
    jobs_failed: volunteer.jobsFailed,
    calls_completed: volunteer.callsCompleted,
    calls_failed: volunteer.callsFailed,
    busy_ms: roundedTimes(volunteer.busyMs),
    running: [...volunteer.running.keys()],
    doing: doingOf(volunteer),
    connected_at: new Date(volunteer.connectedAt).toISOString(),
    last_seen_at: new Date(volunteer.lastSeenAt).toISOString(),
    draining: volunteer.draining,
  };
}

function doingOf({ running, calling }: Volunteer): VolunteerDoing[] {
  const jobs = [...running].map(([id, { language, namespace }]) => {
    return { type: "job", job_id: id, job_type: language, namespace } as const;
  });
  const calls = [...calling.values()].map(({ namespace, path }) => {
    return { type: "function", namespace, path } as const;
  });
  return [...jobs, ...calls];
}

function roundedTimes(busyMs: Readonly<Record<Language, number>>): Record<Language, number> {
  const { wasm, python, lua, js } = busyMs;
  return { wasm: Math.round(wasm), python: Math.round(python), lua: Math.round(lua), js: Math.round(js) };
}
