import type { IncomingHttpHeaders } from "node:http";
import {
  type OpenSpan,
  parseTraceparent,
  type SpanAttributes,
  type TraceParent,
  type Tracer,
  traceparentOf,
} from "../meters/tracer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { HttpApp } from "./zod-provider.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set while requests are traced. */
    trace: TraceParent | undefined;
  }
}

/** A request while it is answered. */
export class RequestSpan {
  readonly parent: TraceParent;
  readonly #span: OpenSpan;
  readonly #clock: Clock;

  constructor(tracer: Tracer, clock: Clock, headers: IncomingHttpHeaders, attributes: SpanAttributes) {
    this.#clock = clock;
    const route = attributes["http.route"];
    const name = `${attributes["http.request.method"]}${route === undefined ? "" : ` ${route}`}`;
    const parent = parseTraceparent(headers.traceparent);
    this.#span = tracer.begin({ name, kind: "server", parent, startMs: clock.now(), attributes });
    this.parent = { tracer, context: this.#span.context };
  }

  /** The header by which whoever acts for this request goes on with its trace. */
  get traceparent(): string {
    return traceparentOf(this.parent.context);
  }

  answered(status: number): void {
    const fault = status >= 500 ? String(status) : undefined;
    this.#span.end(this.#clock.now(), { "http.response.status_code": status }, fault);
  }
}

/** Traces what the API is asked. */
export function traceRequests(app: HttpApp, tracer: Tracer | undefined, clock: Clock): void {
  app.decorateRequest("trace", undefined);
  if (!tracer) return;
  const spans = new WeakMap<object, RequestSpan>();
  app.addHook("onRequest", (request, _reply, done) => {
    const { method, headers, id, routeOptions } = request;
    const span = new RequestSpan(tracer, clock, headers, {
      "http.request.method": method,
      ...(routeOptions.url !== undefined && { "http.route": routeOptions.url }),
      "zerverless.request.id": id,
    });
    spans.set(request, span);
    request.trace = span.parent;
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    spans.get(request)?.answered(reply.statusCode);
    done();
  });
}
