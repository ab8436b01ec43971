import type { JobDetail, JobSubmission } from "../../../src/client/index.ts";

/** What submits a job like this one. Undefined when its code is not known, which a newer orchestrator may have. */
export function submissionOf(job: JobDetail): JobSubmission | undefined {
  const options = {
    namespace: job.namespace,
    input_data: job.input_data,
    timeout_seconds: job.timeout_seconds,
    memory_mb: job.memory_mb,
    priority: job.priority,
    max_retries: job.max_retries,
  };
  if (job.job_type === "wasm") {
    return job.wasm_cid === null ? undefined : { job_type: "wasm", wasm_cid: job.wasm_cid, ...options };
  }
  return job.code === null ? undefined : { job_type: job.job_type, code: job.code, ...options };
}

/** The same as a command for a shell. @param origin the orchestrator's */
export function curlOf(origin: string, submission: JobSubmission, withToken: boolean): string {
  const parts = [
    `curl ${quoted(`${origin}/api/jobs`)}`,
    ...(withToken ? [`-H "Authorization: Bearer $ZERVERLESS_TOKEN"`] : []),
    `-H 'Content-Type: application/json'`,
    `-d ${quoted(JSON.stringify(submission))}`,
  ];
  return parts.join(" \\\n  ");
}

/** A word for a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
