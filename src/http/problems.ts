import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { errorRegistry, type HttpErrorCode, httpStatusOf, isHttpError, refuse } from "../protocol/errors.ts";
import type { AppError } from "../stdx/errors.ts";
import type { Log } from "../stdx/log.ts";
import { requestIdHeader } from "./request-id.ts";

const retryAfterDefaultSeconds = 1;

/** The body of every answer that is not a success. */
export interface Problem {
  readonly error: string;
  readonly code: HttpErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Answers an error that a handler threw; what nobody foresaw is logged whole and told as `internal`. */
export function answerError(
  log: Log,
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const { status, headers, problem } = describeProblem(error, request, log);
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply.headers(headers);
    // What is refused before any hook has run lacks these otherwise.
    reply.header("x-content-type-options", "nosniff").header(requestIdHeader, request.id);
    void reply.code(status).send(problem);
  };
}

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: Problem;
}

/** What an error is told as; one that nobody foresaw is logged. */
export function describeProblem(
  error: unknown,
  { id, method, url }: { readonly id: string; readonly method: string; readonly url: string },
  log: Log,
): ProblemAnswer {
  const refusal = isHttpError(error) ? error : translate(error);
  if (refusal.code === "internal") {
    log.error({ err: error, request: id, method, path: pathOf(url) }, "a request failed unexpectedly");
  }
  const status = httpStatusOf(refusal.code);
  return { status, headers: headersOf(status, refusal), problem: problemOf(refusal) };
}

/** Headers that go with a status, whatever was asked. */
function headersOf(status: number, refusal: AppError<HttpErrorCode>): Readonly<Record<string, string>> {
  if (status === 503 || status === 429) return { "retry-after": String(retryAfterSeconds(refusal)) };
  if (status === 401 || refusal.code === "forbidden") return { "www-authenticate": challengeOf(refusal) };
  return {};
}

/** RFC 6750, section 3. */
function challengeOf({ code, details }: AppError<HttpErrorCode>): string {
  const realm = 'Bearer realm="zerverless"';
  if (code === "forbidden") return `${realm}, error="insufficient_scope", scope="${details?.scope ?? ""}"`;
  return details?.reason === "invalid_token" ? `${realm}, error="invalid_token"` : realm;
}

/** Queries may hold what is nobody's business, and are left out of the log. */
function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, "").slice(0, 200);
}

function problemOf({ code, message, details }: AppError<HttpErrorCode>): Problem {
  return { error: message, code, ...(details && { details }) };
}

function retryAfterSeconds({ details }: AppError<HttpErrorCode>): number {
  const seconds = Number(details?.retry_after_seconds ?? retryAfterDefaultSeconds);
  return Math.max(1, Math.ceil(seconds));
}

/** Says in our words what the framework refused before a handler saw it. */
function translate(error: unknown): AppError<HttpErrorCode> {
  const code = propertyOf(error, "code");
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return refuse("payload_too_large", "The body is larger than this route takes.", { cause: error });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return refuse("unsupported_media_type", "The Content-Type is not one that this route takes.", {
        cause: error,
      });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return refuse("invalid_request", "The body's length is not what Content-Length says.", {
        cause: error,
      });
    case "FST_ERR_BAD_URL":
      return refuse("invalid_request", "The path is not valid percent-encoding.", { cause: error });
    case "FST_ERR_MAX_PARAM_LENGTH":
      return refuse("not_found", "Nothing answers at a path this long.", { cause: error });
    case "ECONNRESET":
      return refuse("invalid_request", "The connection ended before the request did.", { cause: error });
    default:
      return refuse("internal", "Something went wrong on our side; the orchestrator's log has the details.", {
        cause: error,
      });
  }
}

function propertyOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** Answers what is not even a request, and hangs up. */
export function answerClientError(error: Error, socket: Socket): void {
  // ECONNRESET: nobody is there to read an answer.
  if (socket.destroyed || !socket.writable || propertyOf(error, "code") === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const [code, sentence] = clientFault(propertyOf(error, "code"));
  const body = JSON.stringify({ error: sentence, code } satisfies Problem);
  const { status } = errorRegistry[code];
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function clientFault(code: unknown): readonly [HttpErrorCode, string] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return ["headers_too_large", "The request's headers are larger than the limit."];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return ["request_timeout", "The request did not arrive whole in time."];
    default:
      return ["invalid_request", "What arrived is not an HTTP request."];
  }
}
