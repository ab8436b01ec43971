import type { LiveOverview, OverviewEvent } from "../../meters/overview.ts";
import { overviewQuerySchema } from "../../protocol/overview.ts";
import { type EventStreams, type WireEvent, wireEventOf } from "../event-streams.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface OverviewRoutesParts {
  readonly overview: LiveOverview;
  readonly streams: EventStreams;
}

/** How the orchestrator is doing, at a glance and as it goes. */
export function overviewRoutes(app: HttpApp, { overview, streams }: OverviewRoutesParts): void {
  const schema = { querystring: overviewQuerySchema };

  app.get("/api/overview", { schema }, ({ query }, reply) =>
    reply.header("cache-control", "no-store").send(overview.snapshot(query.minutes)),
  );

  app.get("/api/overview/events", { schema }, (request, reply) =>
    streams.serve(request, reply, async () => overview.watch(request.query.minutes), wireEvent),
  );
}

function wireEvent(event: OverviewEvent): WireEvent {
  if (event.kind === "lagged") return wireEventOf("lagged", { missed: event.missed });
  return { name: event.kind, json: event.json };
}
