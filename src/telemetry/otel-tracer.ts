import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { OpenSpan, SpanAttributes, SpanStart, TraceContext, Tracer } from "../meters/tracer.ts";
import type { Clock } from "../stdx/clock.ts";

export interface OtelTracerOptions {
  /** Of the collector, without `/v1/traces`. */
  readonly endpoint: URL;
  /** Sent with every export. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** The share of traces begun here that is kept, 0 to 1. A caller's decision stands. */
  readonly ratio: number;
  readonly nodeId: string;
  readonly version: string;
  readonly clock: Clock;
}

/** Spans that wait for a collector, which may be slow or away; more than these are dropped. */
const waitingMax = 8192;
/** With every repetition of it, since what is under way when the orchestrator ends keeps its process for so long. */
const exportTimeoutMs = 3000;
const exportEveryMs = 1000;
/** What is left at the end has this long to arrive. */
const lastExportMs = 3000;

/** Sends spans to a collector by OTLP over HTTP, in batches, beside everything else. Disposing it sends what is left. */
export class OtelTracer implements Tracer, AsyncDisposable {
  readonly #clock: Clock;
  readonly #provider: TracerProvider;
  readonly #tracer: ReturnType<TracerProvider["getTracer"]>;

  constructor({ endpoint, headers, serviceName, ratio, nodeId, version, clock }: OtelTracerOptions) {
    this.#clock = clock;
    const url = new URL(`${endpoint.href.replace(/\/$/, "")}/v1/traces`).href;
    const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: exportTimeoutMs });
    const processor = new BatchSpanProcessor({
      exporter,
      maxQueueSize: waitingMax,
      scheduledDelayMillis: exportEveryMs,
      exportTimeoutMillis: exportTimeoutMs,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({
        "service.name": serviceName,
        "service.version": version,
        "service.instance.id": nodeId,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer("zerverless", version);
  }

  begin({ name, kind, parent, startMs, attributes }: SpanStart): OpenSpan {
    const span = this.#tracer.startSpan(
      name,
      {
        kind: kind === "server" ? SpanKind.SERVER : SpanKind.INTERNAL,
        startTime: startMs,
        attributes: { ...attributes },
      },
      parent ? trace.setSpanContext(ROOT_CONTEXT, remote(parent)) : ROOT_CONTEXT,
    );
    const { traceId, spanId, traceFlags } = span.spanContext();
    return {
      context: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
      end(endMs: number, more: SpanAttributes = {}, fault?: string) {
        span.setAttributes({ ...more });
        if (fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: fault });
        span.end(endMs);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A collector that is slow or away must not keep the orchestrator from ending.
    const late = Promise.withResolvers<void>();
    const deadline = this.#clock.after(lastExportMs, late.resolve);
    await Promise.race([this.#provider.shutdown().catch(() => {}), late.promise]);
    deadline.cancel();
  }
}

function remote({ traceId, spanId, sampled }: TraceContext) {
  return { traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
