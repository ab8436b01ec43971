import { traceWork } from "../meters/run-spans.ts";
import type { TraceParent } from "../meters/tracer.ts";
import type { CallEnd } from "./call-end.ts";
import type { RevisionHead } from "./revision.ts";

/** Writes down a call that is over. */
export function traceCall(parent: TraceParent, head: RevisionHead, end: CallEnd, nowMs: number): void {
  const { namespace, path, number, runtime: language } = head;
  const { status, durationMs, trace } = end;
  const startMs = nowMs - durationMs;
  const fault = status >= 500 ? String(status) : undefined;
  traceWork(parent, {
    name: `call ${language}`,
    startMs,
    endMs: nowMs,
    attributes: {
      "zerverless.namespace": namespace,
      "zerverless.function": `/${namespace}/${path}`,
      "zerverless.revision": number,
      "zerverless.language": language,
      "http.response.status_code": status,
      ...(trace && { "zerverless.cold": trace.cold }),
    },
    fault,
    runs: trace
      ? [
          {
            startMs: startMs + trace.queuedMs,
            endMs: nowMs,
            volunteerId: trace.volunteerId,
            wallMs: trace.wallMs,
            fault,
          },
        ]
      : [],
  });
}
