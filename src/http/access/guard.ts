import type { FastifyRequest } from "fastify";
import { type Caller, lacking, stranger } from "../../access/caller.ts";
import { bearerOf, type Gate } from "../../access/gate.ts";
import type { OriginPolicy } from "../../access/origin.ts";
import { refuse } from "../../protocol/errors.ts";
import { noSuchPath } from "../no-such-path.ts";
import { requestIdHeader } from "../request-id.ts";
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
  /** Aborted when the orchestrator is about to stop. */
  readonly draining: AbortSignal;
}

type Done = (error?: Error) => void;

/** Runs before a body is read: what is refused for its origin, its path or its caller costs nothing more. */
export function guard(app: HttpApp, { gate, origins, draining }: GuardParts): void {
  app.decorateRequest("caller");
  app.addHook("onRequest", (request, reply, done) => {
    request.caller = stranger;
    reply.header("x-content-type-options", "nosniff").header(requestIdHeader, request.id);
    // Who comes again over the same connection would find nobody.
    if (draining.aborted) reply.header("connection", "close");
    const safe = request.method === "GET" || request.method === "HEAD";
    const foreign = origins.refusal(request.headers, !safe);
    if (foreign !== undefined) done(refuse("forbidden_origin", foreign));
    else if (request.is404) done(noSuchPath(request.url));
    else identify(gate, request, done);
  });
}

function identify(gate: Gate, request: FastifyRequest, done: Done): void {
  const ticket = takeTicket(request);
  const caller = ticket === undefined ? gate.identify(request.headers) : gate.redeem(ticket);
  if (caller) {
    done(enter(request, caller));
    return;
  }
  gate.lookUp(bearerOf(request.headers.authorization) ?? "").then(
    (found) => done(enter(request, found)),
    (error: unknown) => done(error instanceof Error ? error : new TypeError("not an error")),
  );
}

/** @returns why the request goes no further */
function enter(request: FastifyRequest, caller: Caller): Error | undefined {
  request.caller = caller;
  const { access } = request.routeOptions.config;
  if (!access) throw new Error(`${request.method} ${request.url} does not say who may use it.`);
  return refusalOf(access, caller, request.params);
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
function takeTicket({ query, routeOptions }: FastifyRequest): string | undefined {
  if (!routeOptions.config.takesTicket || typeof query !== "object" || query === null) return undefined;
  const ticket: unknown = Reflect.get(query, "ticket");
  Reflect.deleteProperty(query, "ticket");
  return typeof ticket === "string" ? ticket : undefined;
}
