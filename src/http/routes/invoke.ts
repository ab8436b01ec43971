import type { IncomingMessage, ServerResponse } from "node:http";
import type { OriginPolicy } from "../../access/origin.ts";
import type { FunctionCalls } from "../../functions/calls.ts";
import type { HttpMeter } from "../../meters/http-meter.ts";
import { refuse } from "../../protocol/errors.ts";
import { functionLimits } from "../../protocol/functions.ts";
import { isNamespace } from "../../protocol/names.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { Log } from "../../stdx/log.ts";
import { sendFunctionAnswer } from "../function-reply.ts";
import { HeldBodies } from "../held-bodies.ts";
import { describeProblem } from "../problems.ts";
import { type RequestIds, requestIdHeader } from "../request-id.ts";
import { rawPath } from "../rest-of-path.ts";

export interface FunctionDoorParts {
  readonly calls: FunctionCalls;
  readonly origins: OriginPolicy;
  readonly clock: Clock;
  readonly log: Log;
  readonly requestIds: RequestIds;
  readonly httpMeter: HttpMeter;
  /** Aborted when the orchestrator is told to stop: then no call is let in. */
  readonly draining: AbortSignal;
}

const functionRoute = "/{namespace}/{path}";
/** What is counted where the caller has left before there was an answer, as other servers do. */
const callerLeft = 499;
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * Answers `/{namespace}/{path}` with functions. It stands before the framework's router, because no route of the API
 * begins with what may be a namespace, and because calls are many: what the framework does for a request costs as much as
 * Node's own part of it.
 */
export class FunctionDoor {
  readonly #parts: FunctionDoorParts;
  readonly #bodies: HeldBodies;

  constructor(parts: FunctionDoorParts) {
    this.#parts = parts;
    const { bodyBytesMax, heldBodiesBytesMax: heldBytesMax } = functionLimits;
    this.#bodies = new HeldBodies({ bodyBytesMax, heldBytesMax }, parts.clock);
  }

  /** Whether a request is for a function: its path begins with what may be a namespace, and goes on. */
  takes({ url = "" }: IncomingMessage): boolean {
    const path = url.startsWith("/") ? url : rawPath(url);
    const end = path.indexOf("/", 1);
    if (end === -1) return false;
    const first = path.slice(1, end);
    return isNamespace(first.includes("%") ? decodedOrEmpty(first) : first);
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const { requestIds, clock, httpMeter, log } = this.#parts;
    const requestId = requestIds.of(request);
    const sinceMs = clock.monotonic();
    void this.#serve(request, response, requestId)
      .catch((error: unknown) => this.#sendProblem(request, response, requestId, error))
      .then(() => {
        const { method = "" } = request;
        const status = response.headersSent ? response.statusCode : callerLeft;
        const facts = { method, route: functionRoute, status, durationMs: clock.monotonic() - sinceMs };
        httpMeter.answered(facts);
        log.debug({ request: requestId, ...facts }, "answered");
      });
  }

  async #serve(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    const { url = "", method = "", headers } = request;
    const { origins, calls, draining } = this.#parts;
    if (draining.aborted) throw refuse("shutting_down", "The orchestrator is stopping and takes no calls.");
    // Pages of other sites may call functions: whether they may read the answer is for the function to say, by CORS.
    // A name that was bound to this machine behind its owner's back is refused, since it would make that void.
    const foreign = origins.refusal(headers, false);
    if (foreign !== undefined) throw refuse("forbidden_origin", foreign);
    const path = rawPath(url);
    if (path.includes("%")) checkEncoding(path);
    if (!methods.has(method)) {
      response.setHeader("allow", [...methods].join(", "));
      throw refuse("method_not_allowed", `Functions take ${[...methods].join(", ")}, not ${method}.`);
    }
    const question = url.indexOf("?");
    const search = question === -1 ? "" : url.slice(question + 1);
    let body: Buffer | undefined;
    if (hasBody(request)) {
      calls.expect(path);
      body = await this.#bodies.read(request);
    }
    try {
      const gone = new AbortController();
      response.once("close", () => {
        if (!response.writableEnded) gone.abort();
      });
      headers[requestIdHeader] = requestId;
      const answer = await calls.call({ method, path, search, headers, body }, gone.signal);
      if (answer) sendFunctionAnswer(response, { method, requestId }, answer);
      else response.destroy();
    } finally {
      if (body) this.#bodies.giveBack(body);
    }
  }

  #sendProblem(request: IncomingMessage, response: ServerResponse, requestId: string, error: unknown): void {
    const { log, draining } = this.#parts;
    const { method = "", url = "" } = request;
    const { status, headers, problem } = describeProblem(error, { id: requestId, method, url }, log);
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    const json = JSON.stringify(problem);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader(requestIdHeader, requestId);
    response.setHeader("content-type", "application/json; charset=utf-8");
    response.setHeader("content-length", Buffer.byteLength(json));
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // What is still to come of the body is not worth waiting for.
    if (draining.aborted || (!request.complete && hasBody(request)))
      response.setHeader("connection", "close");
    response.writeHead(status);
    if (request.method === "HEAD") response.end();
    else response.end(json);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
}

function checkEncoding(path: string): void {
  try {
    decodeURIComponent(path);
  } catch (error) {
    throw refuse("invalid_request", "The path is not valid percent-encoding of UTF-8.", { cause: error });
  }
}

function decodedOrEmpty(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}
