import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Deployments } from "../../functions/deployments.ts";
import type { FunctionLogs, LogEvent, LogFilter } from "../../functions/logs.ts";
import { logLineView } from "../../functions/view.ts";
import { type LogQuery, logQuerySchema } from "../../protocol/functions.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import type { Clock } from "../../stdx/clock.ts";
import { parseDurationMs } from "../../stdx/duration.ts";
import { access } from "../access/route-access.ts";
import { type EventStreams, type WireEvent, wireEventOf } from "../event-streams.ts";
import { restOfPath } from "../rest-of-path.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface LogRoutesParts {
  readonly deployments: Deployments;
  readonly logs: FunctionLogs;
  readonly streams: EventStreams;
  readonly clock: Clock;
}

const params = z.object({ namespace: namespaceSchema });

/** What functions printed and how their calls went, up to now or as it happens. */
export function logRoutes(app: HttpApp, { deployments, logs, streams, clock }: LogRoutesParts): void {
  app.get(
    "/api/logs/:namespace/*",
    { schema: { params, querystring: logQuerySchema }, config: { access: access.read(), takesTicket: true } },
    async (request, reply) => {
      const { namespace } = request.params;
      const path = restOfPath(request.raw.url ?? "", 3) ?? "";
      const filter = filterOf(request.query, clock.now());
      if (follows(request.query)) {
        deployments.expect(namespace, path);
        const from = { ...filter, after: lastSeenOf(request) };
        return streams.serve(request, reply, () => logs.follow(namespace, path, from), wireEvent);
      }
      const lines = await logs.read(namespace, path, filter);
      // What a function left may be read after it was removed, but a path that never was one is a slip.
      if (lines.length === 0) deployments.expect(namespace, path);
      return reply
        .header("cache-control", "no-store")
        .send({ lines: lines.map(logLineView), count: lines.length });
    },
  );
}

function filterOf({ limit, since, level, q }: LogQuery, nowMs: number): LogFilter {
  return { limit, level, q, since: since === undefined ? undefined : instantOf(since, nowMs) };
}

function instantOf(since: string, nowMs: number): number {
  const span = parseDurationMs(since);
  return span === undefined ? Date.parse(since) : nowMs - span;
}

function follows({ follow }: LogQuery): boolean {
  return follow !== undefined && follow !== "0" && follow !== "false";
}

/** A client that reconnects says which line it had last. */
function lastSeenOf({ headers }: FastifyRequest): number | undefined {
  const id = headers["last-event-id"];
  return typeof id === "string" && /^\d{1,16}$/.test(id) ? Number(id) : undefined;
}

function wireEvent(event: LogEvent): WireEvent {
  if (event.kind === "lagged") return wireEventOf("lagged", { missed: event.missed });
  return wireEventOf("log", logLineView(event.line), String(event.line.seq));
}
