import type { JobTimings } from "../protocol/job.ts";
import { hasEnded, type JobRecord } from "./job.ts";

/** How long a job took in which phase, as far as this orchestrator saw it; what is not over is taken up to now. */
export function jobTimings(
  { spec, state }: JobRecord,
  dispatchedAt: number | undefined,
  nowMs: number,
): JobTimings {
  const { startedAt } = state;
  const endedAt = hasEnded(state) ? state.completedAt : undefined;
  const untilMs = endedAt ?? nowMs;
  // One that ended without a turn of its own was in the queue until then.
  const turnMs = startedAt ?? untilMs;
  return {
    dispatched_at: dispatchedAt === undefined ? null : new Date(dispatchedAt).toISOString(),
    queue_ms: span(spec.createdAt, turnMs),
    dispatch_ms: dispatchedAt === undefined ? null : span(dispatchedAt, turnMs),
    run_ms: startedAt === undefined ? null : span(startedAt, untilMs),
    total_ms: span(spec.createdAt, untilMs),
  };
}

/** A clock may be set back meanwhile. */
function span(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs);
}
