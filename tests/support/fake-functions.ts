import type {
  CodeChecker,
  CodeVerdict,
  Invocation,
  InvocationOutcome,
  InvocationTrace,
  Invoker,
} from "../../src/functions/invoker.ts";
import type { Revision, RevisionDraft, RevisionId } from "../../src/functions/revision.ts";
import type { FunctionRequest } from "../../src/protocol/functions.ts";

/** What a scripted function does with a request; what it prints goes to `print`. */
type Handler = (request: FunctionRequest, print: (text: string) => void) => unknown;

/** What every run here leaves unless it prints. */
export const fakeTrace: InvocationTrace = {
  stdout: "",
  stderr: "",
  volunteerId: "fake",
  cold: false,
  durationMs: 1.5,
  queuedMs: 0.5,
  wallMs: 0.5,
};

/**
 * Runs functions in this process: the code of each is JavaScript with a `handle(req, print)`. As a volunteer's slots do, it
 * keeps an instance per revision, ends what it is told to retire, and notes who calls what is retired.
 */
export class FakeFunctions implements Invoker, CodeChecker {
  readonly #handlers = new Map<RevisionId, Handler>();
  readonly #out = new Map<RevisionId, Set<Promise<InvocationOutcome>>>();
  readonly #scripted: InvocationOutcome[] = [];
  readonly seen: Invocation[] = [];
  readonly retired: RevisionId[] = [];
  /** What is said of code that does not compile; undefined to have it compiled. */
  verdict: CodeVerdict | undefined;
  /** Runs at the beginning of every call, which waits for it. */
  before: (invocation: Invocation) => unknown = () => undefined;

  /** The next calls end so, whatever is deployed. */
  script(...outcomes: readonly InvocationOutcome[]): void {
    this.#scripted.push(...outcomes);
  }

  get requests(): FunctionRequest[] {
    return this.seen.map(({ requestJson }) => JSON.parse(requestJson));
  }

  invoke(invocation: Invocation): Promise<InvocationOutcome> {
    this.seen.push(invocation);
    const { id } = invocation.revision;
    const outcome = this.#run(invocation);
    const out = this.#out.get(id) ?? new Set();
    this.#out.set(id, out.add(outcome));
    return outcome.finally(() => out.delete(outcome));
  }

  async retire(id: RevisionId): Promise<void> {
    this.retired.push(id);
    this.#handlers.delete(id);
    await Promise.all(this.#out.get(id) ?? []);
  }

  async check({ runtime, code }: RevisionDraft): Promise<CodeVerdict> {
    if (this.verdict) return this.verdict;
    try {
      if (runtime === "js") compile(code ?? "");
      return { ok: true };
    } catch (error) {
      return { ok: false, code: "syntax_error", message: `line 1: ${error}` };
    }
  }

  async #run(invocation: Invocation): Promise<InvocationOutcome> {
    const { signal, revision, requestJson } = invocation;
    await this.before(invocation);
    const scripted = this.#scripted.shift();
    if (scripted) return scripted;
    if (signal?.aborted) return { kind: "given_up" };
    let stdout = "";
    try {
      const print = (text: string) => {
        stdout += `${text}\n`;
      };
      const value = await this.#handlerOf(revision)(JSON.parse(requestJson), print);
      return { kind: "answered", responseJson: JSON.stringify(value), trace: { ...fakeTrace, stdout } };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { kind: "failed", code: "guest_error", message, trace: { ...fakeTrace, stdout } };
    }
  }

  #handlerOf(revision: Revision): Handler {
    return this.#handlers.getOrInsertComputed(revision.id, () => compile(revision.code ?? ""));
  }
}

function compile(code: string): Handler {
  const handle: unknown = new Function(`"use strict"; ${code}\nreturn handle;`)();
  if (typeof handle !== "function") throw new TypeError("There is no handle(req).");
  return (request, print) => handle(request, print);
}
