import { z } from "zod";
import type { JobEvent, JobEvents } from "../../jobs/events.ts";
import type { JobService } from "../../jobs/service.ts";
import { hasEnded, jobView } from "../../jobs/view.ts";
import { namespaceSchema } from "../../protocol/names.ts";
import { type EventStreams, type WireEvent, wireEventOf } from "../event-streams.ts";
import { idParams } from "../params.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface EventRoutesParts {
  readonly jobs: JobService;
  readonly events: JobEvents;
  readonly streams: EventStreams;
}

/** The id of the last event of a job's own stream. A client that reconnects with it is told, by 204, not to come again. */
const lastId = "end";
const filterSchema = z.strictObject({ namespace: namespaceSchema.optional() });

/** What happens to jobs, as it happens. */
export function eventRoutes(app: HttpApp, parts: EventRoutesParts): void {
  const { jobs, events, streams } = parts;

  app.get("/api/jobs/:id/events", { schema: { params: idParams } }, async (request, reply) => {
    const { id } = request.params;
    if (request.headers["last-event-id"] === lastId && hasEnded((await jobs.get(id)).state)) {
      return reply.code(204).send();
    }
    return streams.serve(request, reply, () => jobs.watch(id), wireEventWithEnd);
  });

  app.get("/api/events", { schema: { querystring: filterSchema } }, (request, reply) =>
    streams.serve(request, reply, async () => events.all({ namespace: request.query.namespace }), wireEvent),
  );
}

function wireEvent(event: JobEvent): WireEvent {
  switch (event.kind) {
    case "status":
      return wireEventOf("job", jobView(event.record));
    case "log":
      return wireEventOf("log", { job_id: event.jobId, stream: event.stream, text: event.text });
    case "lagged":
      return wireEventOf("lagged", { missed: event.missed });
  }
}

/** A job's own stream says with its last event that it is the last. */
function wireEventWithEnd(event: JobEvent): WireEvent {
  const wire = wireEvent(event);
  return event.kind === "status" && hasEnded(event.record.state) ? { ...wire, id: lastId } : wire;
}
