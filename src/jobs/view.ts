import type { JobDetail, JobListItem, JobView } from "../protocol/job.ts";
import type { JobEnd, JobRecord } from "./job.ts";
import type { JobWhole } from "./service.ts";
import type { JobListPage } from "./store.ts";

const iso = (instantMs: number) => new Date(instantMs).toISOString();
const isoOrNull = (instantMs: number | undefined) => (instantMs === undefined ? null : iso(instantMs));

export function hasEnded(state: JobRecord["state"]): state is JobEnd {
  return state.status !== "pending" && state.status !== "running";
}

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

/** A job in full. */
export function jobDetail(job: JobWhole): JobDetail {
  const { payload, output } = job;
  return {
    ...jobView(job),
    code: payload.code ?? null,
    input_data: JSON.parse(payload.inputJson),
    result: output?.resultJson === undefined ? null : JSON.parse(output.resultJson),
    stdout: output?.stdout ?? "",
    stderr: output?.stderr ?? "",
  };
}

/** A job in a list. */
export function jobListItem(job: JobListPage["jobs"][number]): JobListItem {
  return {
    ...jobView(job),
    result: job.resultJson === undefined ? null : JSON.parse(job.resultJson),
    result_omitted: job.resultOmitted,
  };
}
