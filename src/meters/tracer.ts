/** One span of a trace as others refer to it: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanStart {
  readonly name: string;
  /** `server` for what somebody asked of us, `internal` for what became of it. */
  readonly kind: "server" | "internal";
  /** Undefined: a new trace begins. */
  readonly parent: TraceContext | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly attributes: SpanAttributes;
}

export interface OpenSpan {
  readonly context: TraceContext;
  /** @param fault what went wrong, in a word; undefined when nothing did */
  end(endMs: number, attributes?: SpanAttributes, fault?: string): void;
}

/** Writes down what took how long, for a collector of traces. */
export interface Tracer {
  begin(start: SpanStart): OpenSpan;
}

/** What is traced along with a request: by whom, and what it belongs to. */
export interface TraceParent {
  readonly tracer: Tracer;
  readonly context: TraceContext;
}

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

/** Reads a `traceparent` header; undefined when it is none. */
export function parseTraceparent(text: string | readonly string[] | undefined): TraceContext | undefined {
  const [, traceId, spanId, flags] = (typeof text === "string" && text.length < 256 && form.exec(text)) || [];
  if (!traceId || !spanId || !flags) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}
