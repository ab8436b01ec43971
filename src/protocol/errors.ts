import { AppError } from "../stdx/errors.ts";

/**
 * Every code that Zerverless answers with: over HTTP (`status`), or as a job's `error_code` (`job: true`).
 * `docs/ERRORS.md` explains each; a test holds the two together.
 */
export const errorRegistry = {
  // Requests.
  invalid_json: { status: 400, summary: "The body is not JSON." },
  invalid_request: { status: 400, summary: "A field, parameter or header has a value that is not allowed." },
  invalid_key: { status: 400, summary: "The key is empty, too long or not UTF-8." },
  invalid_path: { status: 400, summary: "The path is not one that a file or a function can safely have." },
  invalid_code: { status: 400, summary: "The function's code does not compile, or has no handler." },
  wasm_not_found: { status: 400, summary: "A wasm_cid is named that this orchestrator does not hold." },
  invalid_wasm: { status: 400, summary: "The uploaded bytes are not a WebAssembly module." },
  unauthorized: { status: 401, summary: "The request needs a token, or shows one that is not valid." },
  forbidden: { status: 403, summary: "The token lacks the scope that the request needs." },
  forbidden_origin: {
    status: 403,
    summary: "A web page of another site made the request, or a foreign Host header.",
  },
  not_found: { status: 404, summary: "Nothing answers at this path." },
  job_not_found: { status: 404, summary: "No job has this id." },
  block_not_found: { status: 404, summary: "No block has this CID." },
  key_not_found: { status: 404, summary: "The namespace's database has no such key." },
  file_not_found: { status: 404, summary: "The namespace has no file at this path." },
  function_not_found: { status: 404, summary: "No function is deployed at this path." },
  token_not_found: { status: 404, summary: "No token has this id." },
  revision_not_found: { status: 404, summary: "The function has no revision of this number." },
  method_not_allowed: { status: 405, summary: "The path exists, but not with this method." },
  request_timeout: { status: 408, summary: "The request did not arrive whole in time." },
  job_ended: { status: 409, summary: "The job has already ended and cannot be cancelled." },
  idempotency_conflict: { status: 409, summary: "The Idempotency-Key was used with another body." },
  path_conflict: { status: 409, summary: "The path is a folder, or lies below a file." },
  too_many_functions: { status: 409, summary: "As many functions as can be held are deployed." },
  too_many_tokens: { status: 409, summary: "There are as many tokens as can be held." },
  quota_exceeded: { status: 409, summary: "The namespace has as much as it may have." },
  not_a_counter: { status: 409, summary: "The value is no whole number, or would leave their range." },
  version_mismatch: { status: 412, summary: "The value is not at the version that the request names." },
  payload_too_large: { status: 413, summary: "The body, or one part of it, is larger than its limit." },
  unsupported_media_type: { status: 415, summary: "The Content-Type is not one that this route takes." },
  range_not_satisfiable: { status: 416, summary: "The range lies outside the file." },
  upgrade_required: { status: 426, summary: "The path speaks WebSocket, not plain HTTP." },
  rate_limited: { status: 429, summary: "Too many requests in too little time." },
  too_many_jobs: { status: 429, summary: "The namespace has as many unended jobs as it may have." },
  headers_too_large: { status: 431, summary: "The request's headers are larger than the limit." },
  internal: { status: 500, summary: "A defect of the orchestrator; its log has the whole of it." },
  function_error: { status: 500, summary: "The function threw, trapped or could not be loaded." },
  function_memory_exceeded: { status: 500, summary: "The function used more memory than its memory_mb." },
  function_output_exceeded: { status: 500, summary: "The function printed more than one call may." },
  bad_function_response: { status: 502, summary: "What the function answered is no response." },
  function_lost: { status: 502, summary: "The volunteer that ran the call vanished, or could not run it." },
  no_volunteer: { status: 503, summary: "Nobody is connected that may run the function." },
  functions_busy: { status: 503, summary: "Every slot is taken, and as many calls wait as may." },
  queue_full: { status: 503, summary: "The queue is at JOB_QUEUE_MAX_SIZE; try again later." },
  storage_unavailable: { status: 503, summary: "The disk refused the write; nothing was accepted." },
  server_busy: { status: 503, summary: "Too many large requests are being read at once." },
  too_many_connections: { status: 503, summary: "As many connections as can be held are open." },
  too_many_streams: { status: 503, summary: "As many event streams as can be held are open." },
  too_many_volunteers: { status: 503, summary: "As many volunteers as can be held are connected." },
  shutting_down: { status: 503, summary: "The orchestrator is stopping and takes no new work." },
  function_timeout: { status: 504, summary: "The function ran longer than its timeout_seconds." },
  // How a job fails.
  guest_error: { job: true, summary: "The guest's code threw, trapped or exited with a code other than 0." },
  syntax_error: { job: true, summary: "The guest's code does not parse or compile." },
  timeout: { job: true, summary: "The job ran longer than its timeout_seconds." },
  memory_exceeded: { job: true, summary: "The job used more memory than its memory_mb." },
  output_exceeded: { job: true, summary: "stdout and stderr together passed their limit." },
  result_not_json: { job: true, summary: "The result cannot be written as JSON." },
  result_too_large: { job: true, summary: "The result's JSON is larger than its limit." },
  wasm_invalid: { job: true, summary: "The module does not link: wrong imports, no entry point." },
  cell_crashed: { job: true, summary: "The sealed process ended while it ran the job." },
  volunteer_lost: {
    job: true,
    summary: "Volunteers vanished while running it, more often than max_retries.",
  },
  volunteer_error: { job: true, summary: "The volunteer could not run the job (no module, no cell)." },
} as const satisfies Record<string, { status?: number; job?: true; summary: string }>;

export type ErrorCode = keyof typeof errorRegistry;

type CodesWith<Field extends "status" | "job"> = {
  [Code in ErrorCode]: (typeof errorRegistry)[Code] extends Record<Field, unknown> ? Code : never;
}[ErrorCode];

/** Codes of HTTP answers. */
export type HttpErrorCode = CodesWith<"status">;
/** Codes that end a job. */
export type JobErrorCode = CodesWith<"job">;

export const jobErrorCodes: ReadonlySet<string> = new Set(
  Object.entries(errorRegistry).flatMap(([code, entry]) => ("job" in entry ? [code] : [])),
);

export function isJobErrorCode(code: string): code is JobErrorCode {
  return jobErrorCodes.has(code);
}

/** A refusal that the caller sees: an HTTP status, a code and a plain sentence. */
export function refuse(
  code: HttpErrorCode,
  message: string,
  options?: { cause?: unknown; details?: Record<string, unknown> },
): AppError<HttpErrorCode> {
  return new AppError(code, message, options);
}

export function isHttpError(error: unknown): error is AppError<HttpErrorCode> {
  return (
    error instanceof AppError &&
    Object.hasOwn(errorRegistry, error.code) &&
    "status" in errorRegistry[error.code as ErrorCode]
  );
}

export function httpStatusOf(code: HttpErrorCode): number {
  return errorRegistry[code].status;
}
