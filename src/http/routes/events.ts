import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { JobEvent, JobEventStream, JobEvents } from "../../jobs/events.ts";
import type { JobService } from "../../jobs/service.ts";
import { hasEnded, jobView } from "../../jobs/view.ts";
import { refuse } from "../../protocol/errors.ts";
import { namespaceSchema } from "../../protocol/names.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { Log } from "../../stdx/log.ts";
import { EventStream } from "../event-stream.ts";
import { idParams } from "../params.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface EventRoutesParts {
  readonly jobs: JobService;
  readonly events: JobEvents;
  readonly clock: Clock;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

const streamsMax = 1000;
/** The id of the last event of a job's own stream. A client that reconnects with it is told, by 204, not to come again. */
const lastId = "end";
const filterSchema = z.strictObject({ namespace: namespaceSchema.optional() });

/** What happens to jobs, as it happens. */
export function eventRoutes(app: HttpApp, parts: EventRoutesParts): void {
  const { jobs, events } = parts;
  const streams = new Streams(parts);

  app.get("/api/jobs/:id/events", { schema: { params: idParams } }, async (request, reply) => {
    const { id } = request.params;
    if (request.headers["last-event-id"] === lastId && hasEnded((await jobs.get(id)).state)) {
      return reply.code(204).send();
    }
    return streams.serve(request, reply, () => jobs.watch(id), lastId);
  });

  app.get("/api/events", { schema: { querystring: filterSchema } }, (request, reply) =>
    streams.serve(request, reply, async () => events.all({ namespace: request.query.namespace })),
  );
}

/** The streams that are open. */
class Streams {
  readonly #parts: EventRoutesParts;
  #open = 0;

  constructor(parts: EventRoutesParts) {
    this.#parts = parts;
  }

  async serve(
    request: FastifyRequest,
    reply: FastifyReply,
    subscribe: () => Promise<JobEventStream>,
    endId?: string,
  ): Promise<FastifyReply> {
    if (this.#open >= streamsMax)
      throw refuse("too_many_streams", `${streamsMax} event streams are open already.`);
    const source = await subscribe();
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // Tells nginx and its kin to pass each event on at once.
      "x-accel-buffering": "no",
    });
    if (request.method === "HEAD") {
      source.close();
      response.end();
      return reply;
    }
    // Comes before the first event, so that a client knows it is connected.
    response.write(": connected\n\n");
    this.#open++;
    response.on("close", () => {
      this.#open--;
      source.close();
    });
    // A client that leaves while we write is no fault.
    response.on("error", () => source.close());
    void this.#pump(source, response, endId);
    return reply;
  }

  async #pump(
    source: JobEventStream,
    response: FastifyReply["raw"],
    endId: string | undefined,
  ): Promise<void> {
    const { clock, log, stopping } = this.#parts;
    const close = () => source.close();
    stopping.addEventListener("abort", close, { once: true });
    if (stopping.aborted) close();
    try {
      using stream = new EventStream(response, clock);
      let sequence = 0;
      for await (const event of source) {
        sequence++;
        const isEnd = event.kind === "status" && hasEnded(event.record.state);
        await stream.write((isEnd && endId) || String(sequence), ...wireEvent(event));
      }
    } catch (error) {
      log.error({ err: error }, "an event stream broke");
    } finally {
      stopping.removeEventListener("abort", close);
    }
  }
}

function wireEvent(event: JobEvent): [name: string, data: unknown] {
  switch (event.kind) {
    case "status":
      return ["job", jobView(event.record)];
    case "log":
      return ["log", { job_id: event.jobId, stream: event.stream, text: event.text }];
    case "lagged":
      return ["lagged", { missed: event.missed }];
  }
}
