import type { Revision } from "../functions/revision.ts";
import { Deque } from "../stdx/deque.ts";
import type { Call } from "./call.ts";
import type { Lane } from "./lane.ts";

/** Calls that take no longer than this on average may be sent ahead to a lane. */
const shortMs = 5;
/** How much work, as far as we can tell, lies ahead of a lane at most. */
const aheadMs = 20;
const aheadMax = 32;
/** How much the latest call counts in the average. */
const paceWeight = 0.2;

/** A revision that is called: who waits for it, where it is warm, and how long it takes. */
export class CalledFunction {
  readonly revision: Revision;
  readonly waiting = new Deque<Call>();
  /** Lanes that have an instance, as far as we know, the one used last at the end. */
  readonly warm = new Set<Lane>();
  /** Calls that lanes have. */
  out = 0;
  /** It gets no calls any more. */
  retired = false;
  /** Called when it is retired and the last call is over. */
  onQuiet: (() => void) | undefined;
  #paceMs: number | undefined;

  constructor(revision: Revision) {
    this.revision = revision;
  }

  /** How many calls a lane may have at once. */
  get depth(): number {
    if (this.#paceMs === undefined || this.#paceMs > shortMs) return 1;
    return Math.min(aheadMax, Math.max(1, Math.floor(aheadMs / this.#paceMs)));
  }

  ran(ms: number): void {
    this.#paceMs = this.#paceMs === undefined ? ms : this.#paceMs + paceWeight * (ms - this.#paceMs);
  }

  get isIdle(): boolean {
    return this.out === 0 && this.waiting.size === 0;
  }
}
