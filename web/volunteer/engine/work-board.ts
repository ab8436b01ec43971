import type { Clock } from "../../../src/stdx/clock.ts";
import type { LinkState, Work, WorkEnd, WorkerObserver } from "../../../src/worker/observer.ts";
import { addTotals, noTotals, type Totals, totalsOf } from "../totals.ts";
import type { SlotView, WorkView } from "./messages.ts";

const rateWindowMs = 1000;

interface Slot {
  work: Work | undefined;
  last: { readonly work: Work; readonly endedAt: number } | undefined;
  /** When pieces ended, within the last second. */
  readonly ends: EndCounter;
  resting: boolean;
}

/** Watches a worker and keeps what people want to see of it: what each slot does, and what was done. */
export class WorkBoard implements WorkerObserver {
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #slots: Slot[];
  #link: LinkState = { kind: "connecting" };
  /** Done and not yet taken by `takeDone`. */
  #done: Totals = noTotals;
  /** Pieces of work since it was made. */
  pieces = 0;

  /** @param changed called whenever there is something new to see, up to thousands of times a second */
  constructor(slots: number, clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
    this.#slots = Array.from({ length: slots }, () => ({
      work: undefined,
      last: undefined,
      ends: new EndCounter(),
      resting: false,
    }));
  }

  get linkState(): LinkState {
    return this.#link;
  }

  get busy(): boolean {
    return this.#slots.some(({ work }) => work !== undefined);
  }

  /** Whether what it shows changes by itself as time passes. */
  get fading(): boolean {
    return this.#slots.some(({ last }) => last !== undefined);
  }

  link(state: LinkState): void {
    this.#link = state;
    this.#changed();
  }

  intake(): void {
    this.#changed();
  }

  began(work: Work): void {
    const slot = this.#slots[work.slot];
    if (slot) slot.work = work;
    this.#changed();
  }

  ended(work: Work, end: WorkEnd): void {
    const now = this.#clock.now();
    const slot = this.#slots[work.slot];
    if (slot?.work === work) {
      slot.work = undefined;
      slot.last = { work, endedAt: now };
      slot.ends.add(now);
    }
    if (!isGivenBack(end.outcome)) this.#count(work, end, now);
    this.#changed();
  }

  resting(slot: number, resting: boolean): void {
    const found = this.#slots[slot];
    if (found) found.resting = resting;
    this.#changed();
  }

  /** What was done since the last time. */
  takeDone(): Totals {
    const done = this.#done;
    this.#done = noTotals;
    return done;
  }

  view(): SlotView[] {
    const now = this.#clock.now();
    return this.#slots.map((slot) => {
      if (slot.last && now - slot.last.endedAt >= rateWindowMs) slot.last = undefined;
      return {
        work: viewOf(slot),
        perSecond: slot.ends.count(now),
        resting: slot.resting,
      };
    });
  }

  #count(work: Work, end: WorkEnd, now: number): void {
    const ms = end.cpuMs ?? end.wallMs ?? Math.max(0, now - work.since);
    const failed = end.outcome !== "completed";
    this.#done = addTotals(this.#done, totalsOf({ language: work.language, ms, failed, at: now }), now);
    this.pieces++;
  }
}

/** Work that another volunteer does again is nothing that was given. */
function isGivenBack(outcome: string): boolean {
  return outcome === "returned" || outcome === "abandoned";
}

function viewOf({ work, last }: Slot): WorkView | undefined {
  const shown = work ?? last?.work;
  if (!shown) return undefined;
  const { kind, id, language, namespace, since } = shown;
  return { kind, id, language, namespace, since, running: work !== undefined };
}

/** Counts what ended within the last second, in steps of a tenth. */
class EndCounter {
  readonly #counts: number[] = Array.from({ length: 10 }, () => 0);
  #step = 0;

  add(now: number): void {
    this.#advance(now);
    const at = this.#step % 10;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
  }

  count(now: number): number {
    this.#advance(now);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #advance(now: number): void {
    const step = Math.floor(now / (rateWindowMs / 10));
    for (let next = Math.max(this.#step + 1, step - 9); next <= step; next++) this.#counts[next % 10] = 0;
    this.#step = Math.max(this.#step, step);
  }
}
