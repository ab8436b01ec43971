import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { atEnd } from "./at-end.ts";

/** A span as it came, with what is of interest here. Instants are milliseconds since the Unix epoch. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

interface OtlpSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status?: { readonly code?: number };
  readonly attributes: readonly OtlpAttribute[];
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** A collector that takes OTLP over HTTP, as JSON: https://opentelemetry.io/docs/specs/otlp/ */
export class OtlpCollector {
  readonly endpoint: string;
  readonly spans: CollectedSpan[] = [];
  readonly resources: Readonly<Record<string, unknown>>[] = [];
  readonly headers: IncomingHttpHeaders[] = [];

  private constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  static async start(t: TestContext): Promise<OtlpCollector> {
    const server = createServer(async (request, response) => {
      const body = await text(request);
      if (request.method !== "POST" || request.url !== "/v1/traces") {
        response.writeHead(404).end();
        return;
      }
      collector.headers.push(request.headers);
      collector.#take(JSON.parse(body) as OtlpRequest);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(t, () => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const collector = new OtlpCollector(`http://127.0.0.1:${port}`);
    return collector;
  }

  /** The one span of this name; fails when there are others or none. */
  one(name: string): CollectedSpan {
    const [found, ...others] = this.spans.filter((span) => span.name === name);
    if (!found || others.length > 0) {
      const names = this.spans.map((span) => span.name).join(", ");
      throw new Error(
        `There is not one span ${name} but ${others.length + (found ? 1 : 0)}, among: ${names}`,
      );
    }
    return found;
  }

  #take({ resourceSpans }: OtlpRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(record(resource.attributes));
      for (const { spans } of scopeSpans) this.spans.push(...spans.map(collected));
    }
  }
}

function collected(span: OtlpSpan): CollectedSpan {
  const { name, traceId, spanId, parentSpanId = "", kind, status, attributes } = span;
  return {
    name,
    traceId,
    spanId,
    parentSpanId,
    kind,
    startMs: Number(BigInt(span.startTimeUnixNano) / 1000n) / 1000,
    endMs: Number(BigInt(span.endTimeUnixNano) / 1000n) / 1000,
    failed: status?.code === 2,
    attributes: record(attributes),
  };
}

function record(attributes: readonly OtlpAttribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.doubleValue ?? value.boolValue ?? Number(value.intValue),
    ]),
  );
}
