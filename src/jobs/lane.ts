import type { Language } from "../protocol/languages.ts";
import { type CellKind, cellKindOf } from "../protocol/languages.ts";
import type { Volunteer } from "../volunteers/registry.ts";
import type { Lease } from "./leases.ts";
import type { LiveJob } from "./live-job.ts";
import type { Taker } from "./match.ts";
import type { Foresight } from "./queue.ts";

/** A lane whose jobs take no longer than this on average may be sent some ahead. */
const shortMs = 5;
/** How much work, as far as we can tell, lies ahead of a lane at most. */
const aheadMs = 20;
const aheadMax = 32;
/** How much the latest job counts in the average. */
const paceWeight = 0.3;

/** A lane that fails so many jobs in a row by its own fault rests. */
const faultsMax = 3;
const restMsMin = 500;
const restMsMax = 30_000;

/** How long a lane may go on with one namespace while others wait: to switch costs it a cell. */
const turnMs = 100;
const turnJobsMax = 64;

/** One slot of a volunteer, as the orchestrator sees it: what it was sent, in order, and how fast it has been. */
export class Lane implements Foresight {
  readonly volunteer: Volunteer;
  readonly slot: number;
  taker: Taker;
  /** In the order sent; the first is at its turn. */
  readonly leases: Lease[] = [];
  /** How many calls of functions it has. While it has any it gets no jobs, and the other way round. */
  callsHeld = 0;
  /** Characters of their requests. */
  callCharsHeld = 0;
  /** Since when calls have had it without a pause (monotonic). */
  callsSince: number | undefined;
  /** The namespace it last worked for: its cell is of that. */
  namespace: string | undefined;
  kind: CellKind = "core";
  /** Whether it counts as working for its namespace, and since when it was not charged for it (monotonic). */
  occupiedSince: number | undefined;
  /** False while a volunteer of the reference protocol has not said `ready` again. */
  armed = true;
  /** It gave jobs back: nothing is sent ahead until it has finished one. */
  slow = false;
  /** The volunteer no longer offers this slot. */
  retired = false;
  /** Monotonic milliseconds until which it gets nothing, for its own fault. */
  restsUntil = 0;
  /** The least share of the time that its volunteer has offered since it began with the work it holds. */
  share: number;
  /** Its own faults, one after another. */
  faults = 0;
  #turnEndsAt = 0;
  #turnJobs = 0;
  readonly #pace: Partial<Record<Language, number>> = {};

  constructor(volunteer: Volunteer, slot: number, taker: Taker) {
    this.volunteer = volunteer;
    this.slot = slot;
    this.taker = taker;
    this.share = volunteer.offer.share;
  }

  /** Its volunteer has it rest, to keep to its share or since it paused. */
  get isResting(): boolean {
    return this.volunteer.resting.has(this.slot);
  }

  /** Whether it may be given anything. */
  isOpen(nowMs: number): boolean {
    const { draining } = this.volunteer;
    return this.armed && !this.retired && !draining && !this.isResting && nowMs >= this.restsUntil;
  }

  /** How long something may be out that may run for so long: a slot that works half of the time takes twice as long. */
  outMsMax(timeoutMs: number): number {
    return timeoutMs / this.share;
  }

  /** Its volunteer may have changed its share. What it holds already may have been slower than it is now. */
  slowDown(): void {
    this.share = Math.min(this.share, this.volunteer.offer.share);
  }

  /** It had nothing, and gets something. */
  beginAnew(): void {
    this.share = this.volunteer.offer.share;
  }

  /** It gets nothing for a while. */
  rest(nowMs: number, forMs: number): void {
    this.restsUntil = nowMs + forMs;
  }

  /** It failed a job by its own fault: after a few in a row it rests, each time twice as long. */
  failed(nowMs: number): void {
    this.faults++;
    if (this.faults < faultsMax) return;
    this.rest(nowMs, Math.min(restMsMax, restMsMin * 2 ** (this.faults - faultsMax)));
  }

  /** Begins a turn with the namespace of this job. */
  enter(job: LiveJob, nowMs: number): void {
    if (this.namespace !== job.namespace) {
      this.namespace = job.namespace;
      for (const language of ["wasm", "python", "lua", "js"] as const) delete this.#pace[language];
    }
    this.renewTurn(nowMs);
  }

  renewTurn(nowMs: number): void {
    this.#turnEndsAt = nowMs + turnMs;
    this.#turnJobs = 0;
  }

  isTurnOver(nowMs: number): boolean {
    return this.#turnJobs >= turnJobsMax || nowMs >= this.#turnEndsAt;
  }

  hold(lease: Lease): void {
    if (this.leases.length === 0) this.beginAnew();
    this.leases.push(lease);
    this.callsSince = undefined;
    this.kind = cellKindOf(lease.job.language);
    this.#turnJobs++;
    if (!this.volunteer.offer.lanes) this.armed = false;
  }

  release(lease: Lease): void {
    const place = this.leases.indexOf(lease);
    if (place >= 0) this.leases.splice(place, 1);
  }

  /** A job of this lane was run in so many milliseconds. */
  ran(language: Language, ms: number): void {
    const before = this.#pace[language];
    this.#pace[language] = before === undefined ? ms : before + paceWeight * (ms - before);
    this.slow = false;
    this.faults = 0;
  }

  get mayPrefetch(): boolean {
    const head = this.leases[0];
    return this.volunteer.offer.lanes && !this.slow && !head?.job.runsAlone;
  }

  mayTakeAhead(job: LiveJob): boolean {
    return !job.runsAlone && this.leases.length < this.#depth(job.language);
  }

  /** How many jobs of this language the lane may hold. */
  #depth(language: Language): number {
    const pace = this.#pace[language];
    if (pace === undefined || pace > shortMs) return 1;
    return Math.min(aheadMax, Math.max(1, Math.floor((aheadMs * this.share) / pace)));
  }
}
