import type { IncomingMessage, ServerResponse } from "node:http";
import { type Caller, demand, lacking, stranger, tokenWanted } from "../../access/caller.ts";
import type { AddressOf } from "../../access/client-address.ts";
import type { ContentHost } from "../../access/content-host.ts";
import { bearerOf, type Gate } from "../../access/gate.ts";
import type { OriginPolicy } from "../../access/origin.ts";
import { type RequestRates, tooMany } from "../../access/request-rates.ts";
import type { FunctionCalls } from "../../functions/calls.ts";
import type { RevisionHead } from "../../functions/revision.ts";
import type { HttpMeter } from "../../meters/http-meter.ts";
import type { Tracer } from "../../meters/tracer.ts";
import { tokenPrefix } from "../../protocol/access.ts";
import { refuse } from "../../protocol/errors.ts";
import { functionLimits } from "../../protocol/functions.ts";
import { isNamespace } from "../../protocol/namespace-names.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { Log } from "../../stdx/log.ts";
import { sendFunctionAnswer } from "../function-reply.ts";
import { HeldBodies, type HeldBody } from "../held-bodies.ts";
import { describeProblem } from "../problems.ts";
import { type RequestIds, requestIdHeader } from "../request-id.ts";
import { RequestSpan } from "../request-spans.ts";
import { rawPath } from "../rest-of-path.ts";

export interface FunctionDoorParts {
  readonly calls: FunctionCalls;
  readonly origins: OriginPolicy;
  readonly gate: Gate;
  readonly rates: RequestRates;
  readonly content: ContentHost;
  readonly addressOf: AddressOf;
  readonly clock: Clock;
  readonly log: Log;
  readonly requestIds: RequestIds;
  readonly httpMeter: HttpMeter;
  /** Undefined: nothing is traced. */
  readonly tracer: Tracer | undefined;
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
    const { bodyBytesMax } = functionLimits;
    const heldBytesMax = functionLimits.heldBodiesBytesMax;
    const heldBytesPerAddressMax = functionLimits.heldBodiesBytesPerAddressMax;
    const bounds = { bodyBytesMax, heldBytesMax, heldBytesPerAddressMax };
    this.#bodies = new HeldBodies(bounds, parts.addressOf, parts.clock);
  }

  /** Whether a request is for a function: its path begins with what may be a namespace, and goes on. */
  takes({ url = "", headers }: IncomingMessage): boolean {
    if (this.#parts.content.kindOf(headers.host) === "api") return false;
    const path = url.startsWith("/") ? url : rawPath(url);
    const end = path.indexOf("/", 1);
    if (end === -1) return false;
    const first = path.slice(1, end);
    return isNamespace(first.includes("%") ? decodedOrEmpty(first) : first);
  }

  /** Never rejects. @param nowMs monotonic */
  async serve(request: IncomingMessage, response: ServerResponse, nowMs: number): Promise<void> {
    const { requestIds, clock, httpMeter, log } = this.#parts;
    const requestId = requestIds.of(request);
    const span = this.#spanOf(request, requestId);
    try {
      await this.#serve(request, response, requestId, span, nowMs);
    } catch (error) {
      this.#sendProblem(request, response, requestId, error);
    }
    const { method = "" } = request;
    const status = response.headersSent ? response.statusCode : callerLeft;
    const durationMs = clock.monotonic() - nowMs;
    const facts = { request: requestId, method, route: functionRoute, status, durationMs };
    httpMeter.answered(facts);
    span?.answered(status);
    log.debug(facts, "answered");
  }

  #spanOf({ method = "", headers }: IncomingMessage, requestId: string): RequestSpan | undefined {
    const { tracer, clock } = this.#parts;
    if (!tracer) return undefined;
    const span = new RequestSpan(tracer, clock, headers, {
      "http.request.method": method,
      "http.route": functionRoute,
      "zerverless.request.id": requestId,
    });
    // What the function asks of others goes on with the same trace.
    headers.traceparent = span.traceparent;
    return span;
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
    span: RequestSpan | undefined,
    nowMs: number,
  ): Promise<void> {
    const { url = "", method = "", headers } = request;
    const { origins, calls, content, draining } = this.#parts;
    if (draining.aborted) throw refuse("shutting_down", "The orchestrator is stopping and takes no calls.");
    // Pages of other sites may call functions: whether they may read the answer is for the function to say, by CORS.
    // A name that was bound to this machine behind its owner's back is refused, since it would make that void.
    const foreign = origins.refusal(headers, false);
    if (foreign !== undefined) throw refuse("forbidden_origin", foreign);
    // Who shows no token, or one that is known, is not waited for.
    const identified = this.#callerOf(request);
    const caller = identified instanceof Promise ? await identified : identified;
    const path = rawPath(url);
    if (path.includes("%")) checkEncoding(path);
    if (!methods.has(method)) {
      response.setHeader("allow", [...methods].join(", "));
      throw refuse("method_not_allowed", `Functions take ${[...methods].join(", ")}, not ${method}.`);
    }
    const question = url.indexOf("?");
    const search = question === -1 ? "" : url.slice(question + 1);
    let body: HeldBody | undefined;
    if (hasBody(request)) {
      checkAuth(caller, calls.expect(path));
      body = await this.#bodies.read(request);
    }
    try {
      const gone = new AbortController();
      response.on("close", () => {
        if (!response.writableEnded) gone.abort();
      });
      headers[requestIdHeader] = requestId;
      const admit = (head: RevisionHead) => this.#admit(caller, head);
      const trace = span?.parent;
      const call = { method, path, search, headers, body: body?.bytes, trace, arrivedAt: nowMs };
      const answer = await calls.call(call, gone.signal, admit);
      const whole = content.host !== undefined;
      if (answer) sendFunctionAnswer(response, { method, requestId, whole }, answer);
      else response.destroy();
    } finally {
      body?.giveBack();
    }
  }

  /** Who calls, counted by token or address. A token of ours is not for functions to read. */
  #callerOf({ headers, socket }: IncomingMessage): Caller | Promise<Caller> {
    const { gate, rates } = this.#parts;
    const peer = socket.remoteAddress ?? "";
    const known = gate.identify(headers);
    const state = rates.ofRequester({
      caller: known ?? stranger,
      peer,
      forwardedFor: headers["x-forwarded-for"],
    });
    if (!state.allowed) throw tooMany(state);
    const shown = bearerOf(headers.authorization);
    if (shown === undefined) return known ?? stranger;
    const withhold = (caller: Caller): Caller => {
      if (caller.token || shown.startsWith(tokenPrefix)) delete headers.authorization;
      return caller;
    };
    return known ? withhold(known) : gate.lookUp(shown).then(withhold);
  }

  #admit(caller: Caller, head: RevisionHead): void {
    checkAuth(caller, head);
    const state = this.#parts.rates.ofNamespace(head.namespace);
    if (!state.allowed) throw tooMany(state);
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

/** What asks for a token asks for it everywhere, also where the API is open. */
function checkAuth(caller: Caller, { auth, namespace }: RevisionHead): void {
  if (auth !== "token") return;
  if (!caller.token) throw lacking({ ...caller, lack: caller.lack || tokenWanted }, `invoke:${namespace}`);
  demand(caller, "invoke", namespace);
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
