import type { Invocation, InvocationOutcome, InvocationTrace } from "../functions/invoker.ts";
import { functionLimits } from "../protocol/functions.ts";
import type { ErrorMessage, ResponseMessage } from "../protocol/volunteer.ts";
import type { CalledFunction } from "./called-function.ts";
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
    };
  }
}
