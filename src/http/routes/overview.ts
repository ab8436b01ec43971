import type { LiveOverview, OverviewEvent } from "../../meters/overview.ts";
import { overviewQuerySchema } from "../../protocol/overview.ts";
import { access } from "../access/route-access.ts";
import { type EventStreams, type WireEvent, wireEventOf } from "../event-streams.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface OverviewRoutesParts {
  readonly overview: LiveOverview;
  readonly streams: EventStreams;
}

/** How the orchestrator is doing, at a glance and as it goes. */
export function overviewRoutes(app: HttpApp, { overview, streams }: OverviewRoutesParts): void {
  const schema = { querystring: overviewQuerySchema };
  // It tells of every namespace.
  const config = { access: access.admin };

  app.get("/api/overview", { schema, config }, ({ query }, reply) =>
    reply.header("cache-control", "no-store").send(overview.snapshot(query.minutes)),
  );

  app.get("/api/overview/events", { schema, config: { ...config, takesTicket: true } }, (request, reply) =>
    streams.serve(request, reply, async () => overview.watch(request.query.minutes), wireEvent),
  );
}

function wireEvent(event: OverviewEvent): WireEvent {
  if (event.kind === "lagged") return wireEventOf("lagged", { missed: event.missed });
  return { name: event.kind, json: event.json };
}
