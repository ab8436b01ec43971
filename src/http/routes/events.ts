import { z } from "zod";
import { demand, sightOf } from "../../access/caller.ts";
import type { JobEvent, JobEvents } from "../../jobs/events.ts";
import {
  afterPart,
  atBeginning,
  type LogPosition,
  positionOf,
  positionText,
} from "../../jobs/log-position.ts";
import type { JobService } from "../../jobs/service.ts";
import { hasEnded, jobView } from "../../jobs/view.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { expectJob } from "../access/expect-job.ts";
import { access } from "../access/route-access.ts";
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

  app.get(
    "/api/jobs/:id/events",
    { schema: { params: idParams }, config: { access: access.readSome, takesTicket: true } },
    async (request, reply) => {
      const { id } = request.params;
      await expectJob(jobs, request.caller, "read", id);
      if (request.headers["last-event-id"] === lastId && hasEnded((await jobs.get(id)).state)) {
        return reply.code(204).send();
      }
      const lastSeen = request.headers["last-event-id"];
      const read = positionOf(typeof lastSeen === "string" ? lastSeen : undefined) ?? atBeginning;
      return streams.serve(request, reply, () => jobs.watch(id, read), positioned(read));
    },
  );

  app.get(
    "/api/events",
    { schema: { querystring: filterSchema }, config: { access: access.readSome, takesTicket: true } },
    (request, reply) => {
      const { caller, query } = request;
      if (query.namespace !== undefined) demand(caller, "read", query.namespace);
      return streams.serve(request, reply, async () => events.all(query, sightOf(caller)), wireEvent);
    },
  );
}

function wireEvent(event: JobEvent): WireEvent {
  switch (event.kind) {
    case "status":
      return wireEventOf("job", jobView(event.record));
    case "log":
      return wireEventOf("log", { job_id: event.jobId, stream: event.part.stream, text: event.part.text });
    case "lagged":
      return wireEventOf("lagged", { missed: event.missed });
  }
}

/**
 * In a job's own stream an event's id says how much of the output came with it and before, so that whoever comes back goes
 * on from there; the last event says that it is the last.
 */
function positioned(from: LogPosition): (event: JobEvent) => WireEvent {
  let position = from;
  return (event) => {
    const wire = wireEvent(event);
    if (event.kind === "log") position = afterPart(event.part, position);
    const isLast = event.kind === "status" && hasEnded(event.record.state);
    return { ...wire, id: isLast ? lastId : positionText(position) };
  };
}
