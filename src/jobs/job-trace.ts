import { type TracedRun, traceWork } from "../meters/run-spans.ts";
import type { TraceParent } from "../meters/tracer.ts";
import type { JobEnd, JobSpec } from "./job.ts";

/** More turns than these are not shown of one job. */
const runsMax = 20;

/** What a trace is to tell of one job, kept until the job has ended. */
export class JobTrace {
  readonly #parent: TraceParent;
  readonly #spec: JobSpec;
  readonly #lost: TracedRun[] = [];

  constructor(parent: TraceParent, spec: JobSpec) {
    this.#parent = parent;
    this.#spec = spec;
  }

  /** The turn came to nothing, and the job waits again. */
  lost(volunteerId: string, startMs: number, endMs: number): void {
    if (this.#lost.length >= runsMax) return;
    this.#lost.push({ startMs, endMs, volunteerId, wallMs: undefined, fault: "put_back" });
  }

  ended({ status, errorCode, startedAt, completedAt, volunteerId, attempts, stats }: JobEnd): void {
    const { id, language, namespace, createdAt } = this.#spec;
    const ran = startedAt !== undefined && volunteerId !== undefined;
    const fault = status === "failed" ? (errorCode ?? "failed") : undefined;
    const last = ran
      ? [{ startMs: startedAt, endMs: completedAt, volunteerId, wallMs: stats?.wall_ms, fault }]
      : [];
    traceWork(this.#parent, {
      name: `job ${language}`,
      startMs: createdAt,
      endMs: completedAt,
      attributes: {
        "zerverless.job.id": id,
        "zerverless.job.status": status,
        "zerverless.job.attempts": attempts,
        "zerverless.namespace": namespace,
        "zerverless.language": language,
      },
      fault,
      runs: [...this.#lost, ...last],
    });
  }
}
