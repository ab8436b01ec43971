import type { JobView } from "../protocol/job.ts";
import { hasEnded, type JobRecord } from "./job.ts";

export { hasEnded };

const iso = (instantMs: number) => new Date(instantMs).toISOString();
const isoOrNull = (instantMs: number | undefined) => (instantMs === undefined ? null : iso(instantMs));

/** A job as the API shows it. */
export function jobView({ spec, state }: JobRecord): JobView {
  const end = hasEnded(state) ? state : undefined;
  return {
    id: spec.id,
    job_type: spec.language,
    status: state.status,
    namespace: spec.namespace,
    wasm_cid: spec.wasmCid ?? null,
    timeout_seconds: spec.timeoutMs / 1000,
    memory_mb: spec.memoryMb,
    priority: spec.priority,
    max_retries: spec.maxRetries,
    placement: spec.placement,
    attempts: state.attempts,
    volunteer_id: state.volunteerId ?? null,
    error: end?.error ?? null,
    error_code: end?.errorCode ?? null,
    stats: end?.stats ?? null,
    created_at: iso(spec.createdAt),
    started_at: isoOrNull(state.startedAt),
    completed_at: isoOrNull(end?.completedAt),
  };
}
