import type { FastifyRequest } from "fastify";
import type { AuditTrail } from "../../access/audit.ts";
import type { RequestRates } from "../../access/request-rates.ts";
import type { Clock } from "../../stdx/clock.ts";
import { rawPath } from "../rest-of-path.ts";
import { configOf } from "../route-config.ts";
import type { HttpApp } from "../zod-provider.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The status with which it was noted; undefined: it was not yet. */
    notedAs: number | undefined;
    /** Notes a change whose subject the path does not name, or whose answer is still to come. */
    noteChange(change: Change, status: number): void;
  }
  interface FastifyContextConfig {
    /** The request changes nothing that would be worth a note, whatever its method. */
    noChange?: true;
  }
}

export interface Change {
  readonly namespaces?: readonly string[];
  /** What came to be: its id, or the first of several. */
  readonly made?: string | undefined;
  readonly count?: number;
}

export interface NoteChangesParts {
  readonly audit: AuditTrail;
  readonly rates: RequestRates;
  readonly clock: Clock;
}

const pathLengthMax = 512;

/**
 * Notes every change in the audit log, at the latest when it is answered, and what a token was refused. Requests of nobody
 * that are refused are left out: everybody can make those, without end.
 */
export function noteChanges(app: HttpApp, parts: NoteChangesParts): void {
  app.decorateRequest("notedAs");
  app.decorateRequest("noteChange", function (change, status) {
    this.notedAs = status;
    note(parts, this, change, status);
  });
  app.addHook("onResponse", (request, { statusCode }, done) => {
    if (isChange(request) && request.notedAs === undefined) note(parts, request, {}, statusCode);
    done();
  });
}

function isChange(request: FastifyRequest): boolean {
  const { method, caller } = request;
  const { access, noChange } = configOf(request);
  const reads = method === "GET" || method === "HEAD" || method === "OPTIONS";
  if (reads || noChange || !access || access.to === "everybody") return false;
  return caller.token !== undefined || caller.scopes.admin;
}

function note(
  { audit, rates, clock }: NoteChangesParts,
  request: FastifyRequest,
  { namespaces, made, count }: Change,
  status: number,
): void {
  const record = request.caller.token?.record;
  const { url = "", socket } = request.raw;
  audit.note({
    at: clock.now(),
    tokenId: record?.id ?? null,
    tokenName: record?.name ?? null,
    address: rates.addressOf({
      peer: socket.remoteAddress ?? "",
      forwardedFor: request.headers["x-forwarded-for"],
    }),
    method: request.method,
    route: configOf(request).url ?? "",
    path: rawPath(url).slice(0, pathLengthMax),
    namespaces: namespaces ?? namespacesOf(request),
    made: made ?? null,
    count: count ?? 1,
    status,
    requestId: request.id,
  });
}

function namespacesOf({ params }: FastifyRequest): readonly string[] {
  const namespace: unknown =
    typeof params === "object" && params !== null ? Reflect.get(params, "namespace") : undefined;
  return typeof namespace === "string" ? [namespace] : [];
}
