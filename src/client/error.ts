import type { HttpErrorCode } from "../protocol/errors.ts";

/**
 * The orchestrator's codes (docs/ERRORS.md), and two of the client's own: `unreachable` when no answer came at all, and
 * `bad_answer` when what answered does not speak the protocol. `(string & {})` lets newer orchestrators have others.
 */
export type ZerverlessErrorCode = HttpErrorCode | "unreachable" | "bad_answer" | (string & {});

export interface ErrorFacts {
  /** 0 when no answer came. */
  readonly status: number;
  /** Seconds after which it is worth trying again, where the orchestrator said so. */
  readonly retryAfter?: number | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** Why a request was not granted. Its message is a sentence for people. */
export class ZerverlessError extends Error {
  override readonly name = "ZerverlessError";
  readonly code: ZerverlessErrorCode;
  readonly status: number;
  readonly retryAfter: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ZerverlessErrorCode, message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.status = facts.status;
    this.retryAfter = facts.retryAfter;
    this.details = facts.details ?? {};
  }
}

/** Whether an error is the orchestrator's refusal with this code. */
export function hasCode(error: unknown, code: ZerverlessErrorCode): error is ZerverlessError {
  return error instanceof ZerverlessError && error.code === code;
}

/** The request was turned away before anything was done, so that it may come again whatever it was. */
export function isBeforehand({ status }: ZerverlessError): boolean {
  return status === 429 || status === 503;
}

/** Trouble that is likely to pass; how far the request came, nobody knows. */
export function mayPass(error: ZerverlessError): boolean {
  const { code, status } = error;
  // 502 and 504 in other words than an orchestrator's are a proxy's that stands before it.
  return (
    isBeforehand(error) ||
    code === "unreachable" ||
    (code === "bad_answer" && (status === 502 || status === 504))
  );
}

/** What an answer that is not a success says, in whatever words it says it. */
export async function errorOf(response: Response): Promise<ZerverlessError> {
  const { status } = response;
  const facts = { status, retryAfter: retryAfterOf(response) };
  const text = await response.text().catch(() => "");
  const problem = parsed(text);
  const error = propertyOf(problem, "error");
  const code = propertyOf(problem, "code");
  if (typeof error !== "string" || typeof code !== "string") {
    const sentence = `The server answered ${status}, and not in the words of an orchestrator.`;
    return new ZerverlessError("bad_answer", sentence, facts);
  }
  return new ZerverlessError(code, error, { ...facts, details: detailsOf(problem) });
}

function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get("retry-after");
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

function detailsOf(problem: unknown): Record<string, unknown> | undefined {
  const details = propertyOf(problem, "details");
  return typeof details === "object" && details !== null ? { ...details } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
