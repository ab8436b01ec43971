import type { SQLOutputValue } from "node:sqlite";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobRecord, JobSpec } from "../../jobs/job.ts";
import type { IdempotencyRecord } from "../../jobs/store.ts";
import { isJobErrorCode } from "../../protocol/errors.ts";
import type { JobStats, JobStatus } from "../../protocol/job.ts";
import { type Language, languages } from "../../protocol/languages.ts";
import type { Cid, JobId } from "../../stdx/ids.ts";
import { number, numberOrNone, placementOf, type Row, text, textOrNone } from "./row.ts";

/** How a status is kept. */
export const statusNumbers: Readonly<Record<JobStatus, number>> = {
  pending: 0,
  running: 1,
  completed: 2,
  failed: 3,
  cancelled: 4,
};

/** The columns that make a record, of `recordTables`. */
export const recordColumns = `jobs.seq, id, jobs.namespace, language, wasm_cid, timeout_ms, memory_mb, priority,
  max_retries, uses_database, placement, created_at, coalesce(live.status, ends.status) AS status, coalesce(live.attempts, ends.attempts) AS attempts,
  coalesce(live.volunteer_id, ends.volunteer_id) AS volunteer_id, coalesce(live.started_at, ends.started_at) AS started_at,
  completed_at, error, error_code, wall_ms, cpu_ms, peak_memory_bytes`;

/** A job has a row in one of the last two. */
export const recordTables = `jobs LEFT JOIN job_live AS live ON live.seq = jobs.seq
  LEFT JOIN job_ends AS ends ON ends.seq = jobs.seq`;

export function recordOf(row: Row): JobRecord {
  return { spec: specOf(row), state: stateOf(row) };
}

function specOf(row: Row): JobSpec {
  const wasmCid = textOrNone(row.wasm_cid);
  return {
    id: idOf(row.id),
    language: languageOf(row.language),
    namespace: text(row.namespace),
    // Only what the store was given as a Cid is in this column.
    wasmCid: wasmCid === undefined ? undefined : (wasmCid as Cid),
    timeoutMs: number(row.timeout_ms),
    memoryMb: number(row.memory_mb),
    priority: number(row.priority),
    maxRetries: number(row.max_retries),
    usesDatabase: number(row.uses_database) !== 0,
    placement: placementOf(row.placement),
    createdAt: number(row.created_at),
  };
}

function stateOf(row: Row): JobProgress | JobEnd {
  const status = statusOf(row.status);
  const common = {
    attempts: number(row.attempts),
    volunteerId: textOrNone(row.volunteer_id),
    startedAt: numberOrNone(row.started_at),
  };
  if (status === "pending" || status === "running") return { ...common, status };
  const errorCode = textOrNone(row.error_code);
  return {
    ...common,
    status,
    error: textOrNone(row.error),
    errorCode: errorCode !== undefined && isJobErrorCode(errorCode) ? errorCode : undefined,
    stats: statsOf(row),
    completedAt: number(row.completed_at),
  };
}

/** A job without a single figure has no stats. */
function statsOf(row: Row): JobStats | undefined {
  const stats: JobStats = {};
  if (row.wall_ms !== null) stats.wall_ms = number(row.wall_ms);
  if (row.cpu_ms !== null) stats.cpu_ms = number(row.cpu_ms);
  if (row.peak_memory_bytes !== null) stats.peak_memory_bytes = number(row.peak_memory_bytes);
  return Object.keys(stats).length === 0 ? undefined : stats;
}

export function payloadOf(row: Row): JobPayload {
  return { code: textOrNone(row.code), inputJson: text(row.input) };
}

export function outputOf(row: Row): JobOutput {
  return { resultJson: textOrNone(row.result), stdout: text(row.stdout), stderr: text(row.stderr) };
}

export function idempotencyOf(row: Row): IdempotencyRecord {
  const jobIds: unknown = JSON.parse(text(row.job_ids));
  if (!Array.isArray(jobIds)) throw new Error("idempotency_keys.job_ids holds no array.");
  return {
    key: text(row.key),
    bodyHash: text(row.body_hash),
    jobIds: jobIds.map(idOf),
    createdAt: number(row.created_at),
  };
}

export function statusOf(value: SQLOutputValue | undefined): JobStatus {
  switch (value) {
    case 0:
      return "pending";
    case 1:
      return "running";
    case 2:
      return "completed";
    case 3:
      return "failed";
    case 4:
      return "cancelled";
    default:
      throw new Error(`jobs.status holds ${value}, which is no status.`);
  }
}

function languageOf(value: SQLOutputValue | undefined): Language {
  const language = languages.find((known) => known === value);
  if (language === undefined) throw new Error(`jobs.language holds ${value}, which is no language.`);
  return language;
}

function idOf(value: unknown): JobId {
  if (typeof value !== "string") throw new Error("A job's id is not text.");
  // Only what the store was given as a JobId is ever in its place.
  return value as JobId;
}
