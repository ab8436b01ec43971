import { sightOf } from "../../access/caller.ts";
import type { LiveOverview, OverviewEvent } from "../../meters/overview.ts";
import { type OverviewTick, overviewQuerySchema } from "../../protocol/overview.ts";
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
  const config = { access: access.token };

  app.get("/api/overview", { schema, config }, ({ query, caller }, reply) =>
    reply.header("cache-control", "no-store").send(cut(overview.snapshot(query.minutes), sightOf(caller))),
  );

  app.get("/api/overview/events", { schema, config: { ...config, takesTicket: true } }, (request, reply) => {
    const sees = sightOf(request.caller);
    const watch = async () => overview.watch(request.query.minutes);
    return streams.serve(request, reply, watch, (event) => wireEvent(event, sees));
  });
}

type Sight = ReturnType<typeof sightOf>;

function wireEvent(event: OverviewEvent, sees: Sight): WireEvent {
  if (event.kind === "lagged") return wireEventOf("lagged", { missed: event.missed });
  // Who sees everything shares the text with all others who do.
  if (!sees) return { name: event.kind, json: event.json };
  const tick: OverviewTick = JSON.parse(event.json);
  return wireEventOf(event.kind, cut(tick, sees));
}

/** Leaves out the names of namespaces that the reader may not see; what waits there is still told. */
function cut<Tick extends OverviewTick>(tick: Tick, sees: Sight): Tick {
  if (!sees) return tick;
  const { by_namespace: named, other_namespaces: others } = tick.queue;
  const shown = named.filter(({ namespace }) => sees(namespace));
  const hidden = named
    .filter(({ namespace }) => !sees(namespace))
    .reduce((sum, { waiting }) => sum + waiting, 0);
  return { ...tick, queue: { ...tick.queue, by_namespace: shown, other_namespaces: others + hidden } };
}
