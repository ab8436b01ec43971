import type { FastifyReply, FastifyRequest } from "fastify";
import { type Caller, lacking, stranger } from "../../access/caller.ts";
import type { ContentHost } from "../../access/content-host.ts";
import { bearerOf, type Gate } from "../../access/gate.ts";
import type { OriginPolicy } from "../../access/origin.ts";
import { policyText, stateText } from "../../access/rate-limit.ts";
import { type RequestRates, tooMany } from "../../access/request-rates.ts";
import { refuse } from "../../protocol/errors.ts";
import { noSuchPath } from "../no-such-path.ts";
import { requestIdHeader } from "../request-id.ts";
import { configOf } from "../route-config.ts";
import type { HttpApp } from "../zod-provider.ts";
import type { RouteAccess } from "./route-access.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who makes it. */
    caller: Caller;
  }
}

export interface GuardParts {
  readonly gate: Gate;
  readonly origins: OriginPolicy;
  readonly rates: RequestRates;
  readonly content: ContentHost;
  /** Aborted when the orchestrator is about to stop. */
  readonly draining: AbortSignal;
}

const exposedHeaders =
  "etag, idempotency-replayed, location, ratelimit, ratelimit-policy, retry-after, x-request-id";
const preflightHeaders = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE",
  "access-control-allow-headers":
    "authorization, content-type, idempotency-key, if-match, if-none-match, if-range, last-event-id, range",
  "access-control-max-age": "600",
} as const;

type Done = (error?: Error) => void;

/** Runs before a body is read: what is refused for its origin, its path or its caller costs nothing more. */
export function guard(app: HttpApp, parts: GuardParts): void {
  const { origins, draining, content } = parts;
  app.decorateRequest("caller");
  app.addHook("onRequest", (request, reply, done) => {
    request.caller = stranger;
    reply.header("x-content-type-options", "nosniff").header(requestIdHeader, request.id);
    // Who comes again over the same connection would find nobody.
    if (draining.aborted) reply.header("connection", "close");
    const { method, headers } = request;
    if (answersGuest(origins, request, reply)) return;
    const safe = method === "GET" || method === "HEAD";
    const foreign = origins.refusal(headers, !safe);
    const kind = content.kindOf(headers.host);
    const elsewhere = kind !== "both" && (kind === "content") !== (configOf(request).content === true);
    if (foreign !== undefined) done(refuse("forbidden_origin", foreign));
    else if (request.is404 || elsewhere) done(noSuchPath(request.url));
    else identify(parts, request, reply, done);
  });
}

/** Lets pages of invited origins read answers, and answers what their browsers ask before. @returns whether it has answered */
function answersGuest(origins: OriginPolicy, request: FastifyRequest, reply: FastifyReply): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !origins.invites(origin)) return false;
  reply.header("access-control-allow-origin", origin).header("vary", "origin");
  reply.header("access-control-expose-headers", exposedHeaders);
  if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined)
    return false;
  void reply.code(204).headers(preflightHeaders).send();
  return true;
}

function identify(
  { gate, rates }: GuardParts,
  request: FastifyRequest,
  reply: FastifyReply,
  done: Done,
): void {
  const ticket = takeTicket(request);
  const caller = ticket === undefined ? gate.identify(request.headers) : gate.redeem(ticket);
  if (caller) {
    done(count(rates, request, reply, caller) ?? enter(rates, request, caller));
    return;
  }
  // A look into the store is work, so whoever asks for it is counted before.
  const refused = count(rates, request, reply, stranger);
  if (refused) {
    done(refused);
    return;
  }
  gate.lookUp(bearerOf(request.headers.authorization) ?? "").then(
    (found) => done(enter(rates, request, found)),
    (error: unknown) => done(error instanceof Error ? error : new TypeError("not an error")),
  );
}

function count(
  rates: RequestRates,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
): Error | undefined {
  if (configOf(request).uncounted) return undefined;
  const state = rates.ofRequester({
    caller,
    peer: request.raw.socket.remoteAddress ?? "",
    forwardedFor: request.headers["x-forwarded-for"],
  });
  reply.header("ratelimit-policy", policyText(state.policy)).header("ratelimit", stateText(state));
  return state.allowed ? undefined : tooMany(state);
}

/** @returns why the request goes no further */
function enter(rates: RequestRates, request: FastifyRequest, caller: Caller): Error | undefined {
  request.caller = caller;
  const { access } = configOf(request);
  if (!access) throw new Error(`${request.method} ${request.url} does not say who may use it.`);
  const refusal = refusalOf(access, caller, request.params);
  if (refusal || access.to !== "namespace") return refusal;
  const state = rates.ofNamespace(paramOf(request.params, access.param));
  return state.allowed ? undefined : tooMany(state);
}

function refusalOf(access: RouteAccess, caller: Caller, params: unknown): Error | undefined {
  const { scopes, token } = caller;
  switch (access.to) {
    case "everybody":
      return undefined;
    case "token":
      return token || scopes.admin ? undefined : lacking(caller, "");
    case "admin":
      return scopes.admin ? undefined : lacking(caller, "admin");
    case "some":
      return scopes.maySome(access.verb) ? undefined : lacking(caller, `${access.verb}:NAMESPACE`);
    case "namespace": {
      const namespace = paramOf(params, access.param);
      return scopes.may(access.verb, namespace) ? undefined : lacking(caller, `${access.verb}:${namespace}`);
    }
  }
}

function paramOf(params: unknown, name: string): string {
  const value: unknown =
    typeof params === "object" && params !== null ? Reflect.get(params, name) : undefined;
  return typeof value === "string" ? value : "";
}

/** The ticket in the query, which no route's own query has. */
function takeTicket(request: FastifyRequest): string | undefined {
  if (!configOf(request).takesTicket) return undefined;
  const { query } = request;
  if (typeof query !== "object" || query === null) return undefined;
  const ticket: unknown = Reflect.get(query, "ticket");
  Reflect.deleteProperty(query, "ticket");
  return typeof ticket === "string" ? ticket : undefined;
}
