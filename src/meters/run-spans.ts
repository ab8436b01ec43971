import type { SpanAttributes, TraceContext, TraceParent, Tracer } from "./tracer.ts";

/** One turn of a job or a call on a volunteer. Instants are milliseconds since the Unix epoch. */
export interface TracedRun {
  readonly startMs: number;
  readonly endMs: number;
  readonly volunteerId: string;
  /** Milliseconds that the code ran in its cell, as the volunteer says; undefined where it does not. */
  readonly wallMs: number | undefined;
  /** Why it came to nothing. */
  readonly fault: string | undefined;
}

export interface TracedWork {
  /** Such as `job js`. */
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: SpanAttributes;
  readonly fault: string | undefined;
  /** In the order of time. */
  readonly runs: readonly TracedRun[];
}

/**
 * Writes down a piece of work that is over: the whole of it, its waiting, its turns on volunteers, and the cell in each.
 *
 * Volunteers send no spans: what happened there is told from here, by when they were sent the work, when they answered,
 * and how long they say that the cell ran. Where in a turn the cell ran they do not say; it is put in the middle.
 */
export function traceWork({ tracer, context }: TraceParent, work: TracedWork): void {
  const { name, startMs, endMs, attributes, fault, runs } = work;
  const whole = tracer.begin({ name, kind: "internal", parent: context, startMs, attributes });
  let waitsSince = startMs;
  for (const run of runs) {
    wait(tracer, whole.context, waitsSince, run.startMs);
    traceRun(tracer, whole.context, run);
    waitsSince = run.endMs;
  }
  if (runs.length === 0) wait(tracer, whole.context, startMs, endMs);
  whole.end(endMs, {}, fault);
}

function wait(tracer: Tracer, parent: TraceContext, startMs: number, endMs: number): void {
  tracer.begin({ name: "queue", kind: "internal", parent, startMs, attributes: {} }).end(endMs);
}

function traceRun(tracer: Tracer, parent: TraceContext, run: TracedRun): void {
  const { startMs, endMs, volunteerId, wallMs, fault } = run;
  const attributes = { "zerverless.volunteer.id": volunteerId };
  const turn = tracer.begin({ name: "volunteer", kind: "internal", parent, startMs, attributes });
  if (wallMs !== undefined) {
    const ranMs = Math.min(wallMs, endMs - startMs);
    const cellStartMs = startMs + (endMs - startMs - ranMs) / 2;
    tracer
      .begin({ name: "cell", kind: "internal", parent: turn.context, startMs: cellStartMs, attributes: {} })
      .end(cellStartMs + ranMs);
  }
  turn.end(endMs, {}, fault);
}
