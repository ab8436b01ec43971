import type { Meter } from "../meters/meter.ts";
import { type HttpErrorCode, httpStatusOf, isHttpError, refuse } from "../protocol/errors.ts";
import type { Clock } from "../stdx/clock.ts";
import type { AppError } from "../stdx/errors.ts";
import type { CallEnd } from "./call-end.ts";
import { traceCall } from "./call-trace.ts";
import type { CodeShelf } from "./code-shelf.ts";
import type { Invocation, InvocationOutcome, Invoker } from "./invoker.ts";
import type { FunctionLogs } from "./logs.ts";
import { functionRequestJson, type IncomingCall } from "./request.ts";
import { type FunctionAnswer, readAnswer } from "./response.ts";
import type { Revision, RevisionHead } from "./revision.ts";
import type { FunctionMatch, FunctionRouter } from "./router.ts";

export interface FunctionCallsParts {
  readonly router: FunctionRouter;
  readonly code: CodeShelf;
  readonly invoker: Pick<Invoker, "invoke">;
  readonly logs: Pick<FunctionLogs, "note">;
  readonly meter: Pick<Meter, "callEnded">;
  readonly clock: Clock;
}

/** How often a call is begun again because its function was redeployed under it. */
const turnsMax = 20;
/** What the log shows where the caller has left, as other servers do. */
const callerLeft = 499;
const retryAfterSeconds = { no_volunteer: 5, functions_busy: 1 } as const;

type Settled = Exclude<InvocationOutcome, { kind: "retired" }>;

/** Calls functions: finds the one that is meant, has it run, and checks what it answers. */
export class FunctionCalls {
  readonly #parts: FunctionCallsParts;

  constructor(parts: FunctionCallsParts) {
    this.#parts = parts;
  }

  /** Refuses with `function_not_found` when no function answers. @param path of a URL, as it was written */
  expect(path: string): RevisionHead {
    const match = this.#parts.router.match(path);
    if (!match) throw notDeployed(path);
    return match.head;
  }

  /**
   * Undefined when the signal came first. Refuses with `function_not_found`, `payload_too_large`, `function_error`,
   * `function_memory_exceeded`, `function_output_exceeded`, `bad_function_response`, `function_lost`, `no_volunteer`,
   * `functions_busy`, `function_timeout`, and with what `admit` throws.
   * @param admit asked about the revision that is about to be called
   */
  async call(
    incoming: IncomingCall,
    signal: AbortSignal,
    admit?: (head: RevisionHead) => void,
  ): Promise<FunctionAnswer | undefined> {
    const { method } = incoming;
    // RFC 9110, section 9.2.1.
    const repeatable = method === "GET" || method === "HEAD" || method === "OPTIONS";
    for (let turns = 0; turns < turnsMax; turns++) {
      const match = this.#parts.router.match(incoming.path);
      if (!match) throw notDeployed(incoming.path);
      const revision = this.#parts.code.cached(match.head.id) ?? (await this.#load(match, incoming.path));
      if (!revision) continue;
      admit?.(match.head);
      const requestJson = functionRequestJson(incoming, match.routeAt);
      const invocation: Invocation = { revision, requestJson, repeatable, signal };
      const outcome = await this.#parts.invoker.invoke(invocation);
      if (outcome.kind !== "retired") return this.#settle(match.head, incoming, outcome);
    }
    throw refuse("functions_busy", "The function is redeployed faster than it can be called.");
  }

  /** Undefined when the path has another revision by now, which a retired one must not be called in place of. */
  async #load({ head }: FunctionMatch, path: string): Promise<Revision | undefined> {
    const revision = await this.#parts.code.load(head.id);
    if (this.#parts.router.match(path)?.head !== head) {
      this.#parts.code.drop(head.id);
      return undefined;
    }
    if (!revision) throw new Error(`Revision ${head.id} answers calls and is not in the store.`);
    return revision;
  }

  #settle(head: RevisionHead, incoming: IncomingCall, outcome: Settled): FunctionAnswer | undefined {
    const trace = "trace" in outcome ? outcome.trace : undefined;
    const durationMs = trace?.durationMs ?? this.#parts.clock.monotonic() - incoming.arrivedAt;
    const note = (status: number, error: string | undefined) =>
      this.#note(head, incoming, { status, durationMs, trace, error });
    if (outcome.kind === "given_up") {
      note(callerLeft, undefined);
      return undefined;
    }
    try {
      const answer = answerOf(outcome);
      note(answer.status, undefined);
      return answer;
    } catch (error) {
      if (isHttpError(error)) note(httpStatusOf(error.code), error.message);
      throw error;
    }
  }

  #note(head: RevisionHead, incoming: IncomingCall, end: CallEnd): void {
    const { namespace, path, number, runtime: language } = head;
    const { status, durationMs, trace, error } = end;
    const { logs, meter, clock } = this.#parts;
    if (incoming.trace) traceCall(incoming.trace, head, end, clock.now());
    meter.callEnded({ namespace, path, language, status, durationMs, cold: trace?.cold });
    logs.note({
      namespace,
      path,
      revision: number,
      call: {
        method: incoming.method,
        path: incoming.path,
        status,
        duration_ms: Math.round(durationMs * 1000) / 1000,
        cold: trace?.cold ?? null,
        volunteer_id: trace?.volunteerId ?? null,
      },
      stdout: trace?.stdout ?? "",
      stderr: trace?.stderr ?? "",
      error,
    });
  }
}

function answerOf(outcome: Exclude<Settled, { kind: "given_up" }>): FunctionAnswer {
  switch (outcome.kind) {
    case "answered":
      return readAnswer(outcome.responseJson);
    case "failed":
      throw failureOf(outcome);
    case "lost":
      throw refuse("function_lost", "The volunteer that ran the call vanished.");
    case "no_volunteer":
      throw unavailable(
        "no_volunteer",
        "Nobody is connected that may run this function; start a worker, or the orchestrator with --workers.",
      );
    case "stopped":
      throw refuse("shutting_down", "The orchestrator stopped before the call was over.");
    case "busy":
      throw unavailable("functions_busy", "No slot came free in time; try again, or add workers.");
  }
}

function unavailable(code: keyof typeof retryAfterSeconds, message: string): AppError<HttpErrorCode> {
  return refuse(code, message, { details: { retry_after_seconds: retryAfterSeconds[code] } });
}

function failureOf({ code, message }: Extract<Settled, { kind: "failed" }>): AppError<HttpErrorCode> {
  switch (code) {
    case "timeout":
      return refuse("function_timeout", message);
    case "memory_exceeded":
      return refuse("function_memory_exceeded", message);
    case "output_exceeded":
      return refuse("function_output_exceeded", message);
    case "result_not_json":
    case "result_too_large":
      return refuse("bad_function_response", message);
    case "volunteer_lost":
    case "volunteer_error":
      return refuse("function_lost", message);
    case "guest_error":
    case "syntax_error":
    case "wasm_invalid":
    case "cell_crashed":
      return refuse("function_error", message);
  }
}

function notDeployed(path: string): AppError<HttpErrorCode> {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  return refuse("function_not_found", `No function is deployed at ${shown}.`);
}
