import { mentionsDatabase } from "../protocol/database-use.ts";
import { refuse } from "../protocol/errors.ts";
import type { JobSubmission } from "../protocol/job.ts";
import { limits } from "../protocol/limits.ts";
import { defaultNamespace } from "../protocol/namespace-names.ts";
import { type Cid, type JobId, uuidv7 } from "../stdx/ids.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import type { JobPayload, JobSpec } from "./job.ts";

export interface JobDefaults {
  /** DEFAULT_JOB_TIMEOUT */
  readonly timeoutMs: number;
  /** MAX_JOB_RETRIES */
  readonly maxRetries: number;
  /** How many unended jobs a namespace may have; undefined: no bound of its own. */
  readonly perNamespaceMax?: number | undefined;
}

export type NewJob = readonly [JobSpec, JobPayload];

/**
 * Makes a job of what a client sent. Refuses with `payload_too_large`.
 * @param name of the submission: `""` or `"[3]."`
 * @param moduleUsesDatabase of wasm
 */
export function newJob(
  submission: JobSubmission,
  name: string,
  moduleUsesDatabase: boolean,
  defaults: JobDefaults,
  nowMs: number,
): NewJob {
  const isWasm = submission.job_type === "wasm";
  const code = isWasm ? undefined : submission.code;
  // Most jobs have no input, and "null" is what the store calls that.
  const inputJson = submission.input_data === undefined ? "null" : JSON.stringify(submission.input_data);
  checkSize(code ?? "", limits.codeBytesMax, `${name}code`);
  checkSize(inputJson, limits.inputBytesMax, `${name}input_data`);
  const spec: JobSpec = {
    id: uuidv7(nowMs) as JobId,
    language: submission.job_type,
    namespace: submission.namespace ?? defaultNamespace,
    wasmCid: isWasm ? (submission.wasm_cid as Cid) : undefined,
    timeoutMs: timeoutMsOf(submission.timeout_seconds) ?? defaults.timeoutMs,
    memoryMb: submission.memory_mb ?? limits.memoryMbDefault,
    priority: submission.priority ?? 0,
    maxRetries: submission.max_retries ?? defaults.maxRetries,
    usesDatabase: code === undefined ? moduleUsesDatabase : mentionsDatabase(code),
    placement: submission.placement ?? "any",
    createdAt: nowMs,
  };
  return [spec, { code, inputJson }];
}

/** What a client would send to have the same done again. */
export function submissionOf(spec: JobSpec, { code, inputJson }: JobPayload): JobSubmission {
  const common = {
    namespace: spec.namespace,
    input_data: JSON.parse(inputJson),
    timeout_seconds: spec.timeoutMs / 1000,
    memory_mb: spec.memoryMb,
    priority: spec.priority,
    max_retries: spec.maxRetries,
    placement: spec.placement,
  };
  if (spec.language === "wasm") return { job_type: "wasm", wasm_cid: spec.wasmCid ?? "", ...common };
  return { job_type: spec.language, code: code ?? "", ...common };
}

/** In whole microseconds, so that the seconds the client gave come back as they were. */
function timeoutMsOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.max(1, Math.round(seconds * 1_000_000)) / 1000;
}

function checkSize(text: string, bytesMax: number, field: string): void {
  if (fitsUtf8(text, bytesMax)) return;
  throw refuse("payload_too_large", `${field} must have at most ${bytesMax} bytes.`, {
    details: { field, bytes_max: bytesMax },
  });
}
