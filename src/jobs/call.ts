import type { Invocation, InvocationOutcome, InvocationTrace } from "../functions/invoker.ts";
import type { Revision } from "../functions/revision.ts";
import { functionLimits } from "../protocol/functions.ts";
import type { ErrorMessage, ResponseMessage } from "../protocol/volunteer.ts";
import { Deque } from "../stdx/deque.ts";
import type { Lane } from "./lane.ts";
import { memoryStepsOf, type Need } from "./match.ts";

/** How often a call that may be repeated is tried again after its volunteer was lost. */
export const lossesMax = 1;
/** How often a call may be handed out at all: volunteers that give it back again and again do not keep it going round. */
export const handoutsMax = 8;

/** One call of a function on its way. It is in no store: whoever waits for it hears how it ends, or nobody does. */
export class Call implements Need {
  readonly id: string;
  readonly invocation: Invocation;
  readonly called: CalledFunction;
  readonly memorySteps: number;
  /** Monotonic milliseconds. */
  readonly arrivedAt: number;
  readonly outcome: Promise<InvocationOutcome>;
  /** The lane that has it, and under which number. */
  lane: Lane | undefined;
  lease = 0;
  /** Monotonic milliseconds at which it came to its turn in its lane, as far as we can see. */
  turnAt: number | undefined;
  handouts = 0;
  losses = 0;
  ended = false;
  readonly #resolve: (outcome: InvocationOutcome) => void;

  constructor(id: string, invocation: Invocation, called: CalledFunction, nowMs: number) {
    this.id = id;
    this.called = called;
    this.invocation = invocation;
    this.memorySteps = memoryStepsOf(invocation.revision.memoryMb);
    this.arrivedAt = nowMs;
    const { promise, resolve } = Promise.withResolvers<InvocationOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
  }

  get language(): Need["language"] {
    return this.invocation.revision.runtime;
  }

  get usesDatabase(): boolean {
    return this.called.usesDatabase;
  }

  get placement(): Need["placement"] {
    return this.invocation.revision.placement;
  }

  get namespace(): string {
    return this.invocation.revision.namespace;
  }

  hasWaitedTooLong(nowMs: number): boolean {
    return nowMs - this.arrivedAt >= functionLimits.waitMs;
  }

  end(outcome: InvocationOutcome): void {
    this.ended = true;
    this.#resolve(outcome);
  }

  /** What a volunteer's message leaves to tell of the run. */
  trace(message: ResponseMessage | ErrorMessage, volunteerId: string, nowMs: number): InvocationTrace {
    return {
      stdout: message.stdout ?? "",
      stderr: message.stderr ?? "",
      volunteerId,
      cold: "cold" in message && message.cold === true,
      durationMs: nowMs - this.arrivedAt,
      queuedMs: (this.turnAt ?? nowMs) - this.arrivedAt,
      wallMs: message.stats?.wall_ms,
    };
  }
}

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
  /** Whether its code may ask the database. */
  readonly usesDatabase: boolean;
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

  constructor(revision: Revision, usesDatabase: boolean) {
    this.revision = revision;
    this.usesDatabase = usesDatabase;
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
