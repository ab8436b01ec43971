import type { JobErrorCode } from "../protocol/errors.ts";
import type { Revision, RevisionDraft, RevisionId } from "./revision.ts";

/** One call of a function, as it goes to a slot. */
export interface Invocation {
  readonly revision: Revision;
  /** A `FunctionRequest` as JSON text. */
  readonly requestJson: string;
  /** Whether the call may run again elsewhere when its volunteer is lost: the method is safe (RFC 9110, 9.2.1). */
  readonly repeatable: boolean;
  /** Aborted when the caller is gone: the call is given up. */
  readonly signal: AbortSignal | undefined;
}

/** What a run of a function left beside its answer. */
export interface InvocationTrace {
  readonly stdout: string;
  readonly stderr: string;
  readonly volunteerId: string;
  /** True when no instance was warm and the code had to be loaded. */
  readonly cold: boolean;
  /** Milliseconds from the call's arrival to its end. */
  readonly durationMs: number;
  /** Milliseconds of those until it came to its turn on the volunteer. */
  readonly queuedMs: number;
  /** Milliseconds that the code ran, as the volunteer says; undefined where it does not. */
  readonly wallMs: number | undefined;
}

export type InvocationOutcome =
  /** The handler returned; `responseJson` is its value as JSON text, not yet checked; undefined: it returned nothing. */
  | {
      readonly kind: "answered";
      readonly responseJson: string | undefined;
      readonly trace: InvocationTrace;
    }
  /** It threw, took too long, used too much, or its answer is no JSON. */
  | {
      readonly kind: "failed";
      readonly code: JobErrorCode;
      readonly message: string;
      readonly trace: InvocationTrace;
    }
  /** Its volunteer vanished, and it could not run again elsewhere. */
  | { readonly kind: "lost" }
  /** Nobody is connected that may run it. */
  | { readonly kind: "no_volunteer" }
  /** Every slot was taken for too long, or too many calls wait already. */
  | { readonly kind: "busy" }
  /** Its revision was retired while the call waited: ask for the path's present revision and call that. */
  | { readonly kind: "retired" }
  | { readonly kind: "given_up" }
  /** The orchestrator stops before it is over. */
  | { readonly kind: "stopped" };

/** Runs functions on volunteers. */
export interface Invoker {
  invoke(invocation: Invocation): Promise<InvocationOutcome>;
  /**
   * The revision gets no calls any more: those that wait end `retired`, and its warm instances go. Resolves when the
   * calls that are out have ended, so that whoever then says "it is replaced" is not contradicted by a late answer; at
   * the latest after `withinMs`.
   */
  retire(revision: RevisionId, withinMs: number): Promise<void>;
}

export type CodeVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: JobErrorCode; readonly message: string };

/** Loads a revision's code in a sealed cell, without calling it, to see that it compiles and has a handler. */
export interface CodeChecker {
  check(draft: RevisionDraft): Promise<CodeVerdict>;
}
