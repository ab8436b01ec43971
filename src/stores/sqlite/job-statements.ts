import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobSpec } from "../../jobs/job.ts";
import type { IdempotencyRecord } from "../../jobs/store.ts";
import { recordColumns, recordTables, statusNumbers } from "./job-rows.ts";
import { number, type Row } from "./row.ts";

/** Where a job's rows are, and whose it is. */
export interface JobPlace {
  readonly seq: number;
  readonly namespace: string;
}

/** The writes of the job tables, one statement per method, prepared once. They run inside the caller's transaction. */
export class JobStatements {
  readonly #insertJob: StatementSync;
  readonly #insertPayload: StatementSync;
  readonly #insertLive: StatementSync;
  readonly #progress: StatementSync;
  readonly #resetRunning: StatementSync;
  readonly #deleteLive: StatementSync;
  readonly #insertEnd: StatementSync;
  readonly #deleteEnd: StatementSync;
  readonly #deletePayload: StatementSync;
  readonly #deleteJob: StatementSync;
  readonly #insertKey: StatementSync;
  readonly #deleteKeys: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertJob = database.prepare(
      `INSERT INTO jobs (seq, id, namespace, language, wasm_cid, timeout_ms, memory_mb, priority, max_retries, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertPayload = database.prepare("INSERT INTO job_payloads (seq, code, input) VALUES (?, ?, ?)");
    this.#insertLive = database.prepare(
      `INSERT INTO job_live (seq, namespace, status, attempts) VALUES (?, ?, ${statusNumbers.pending}, 0)`,
    );
    this.#progress = database.prepare(
      `UPDATE job_live SET status = ?, attempts = ?, volunteer_id = ?, started_at = ?
       WHERE seq = (SELECT seq FROM jobs WHERE id = ?)`,
    );
    this.#resetRunning = database.prepare(
      `UPDATE job_live SET status = ${statusNumbers.pending}, volunteer_id = NULL, started_at = NULL
       WHERE status = ${statusNumbers.running}`,
    );
    this.#deleteLive = database.prepare("DELETE FROM job_live WHERE seq = ?");
    this.#insertEnd = database.prepare(
      `INSERT INTO job_ends (seq, namespace, status, attempts, volunteer_id, started_at, completed_at, wall_ms, cpu_ms,
         peak_memory_bytes, error_code, error, result, stdout, stderr)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#deleteEnd = database.prepare("DELETE FROM job_ends WHERE seq = ?");
    this.#deletePayload = database.prepare("DELETE FROM job_payloads WHERE seq = ?");
    this.#deleteJob = database.prepare("DELETE FROM jobs WHERE seq = ?");
    this.#insertKey = database.prepare(
      `INSERT INTO idempotency_keys (key, body_hash, job_ids, created_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO NOTHING`,
    );
    this.#deleteKeys = database.prepare(
      `DELETE FROM idempotency_keys WHERE rowid IN
         (SELECT rowid FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?)`,
    );
  }

  insertJob(seq: number, spec: JobSpec): void {
    this.#insertJob.run(
      seq,
      spec.id,
      spec.namespace,
      spec.language,
      spec.wasmCid ?? null,
      spec.timeoutMs,
      spec.memoryMb,
      spec.priority,
      spec.maxRetries,
      spec.createdAt,
    );
  }

  insertPayload(seq: number, payload: JobPayload): void {
    this.#insertPayload.run(seq, payload.code ?? null, payload.inputJson);
  }

  /** As a pending job that nobody has tried yet. */
  insertLive(seq: number, namespace: string): void {
    this.#insertLive.run(seq, namespace);
  }

  /** Changes nothing once the job has ended. */
  progress(id: string, progress: JobProgress): void {
    this.#progress.run(
      statusNumbers[progress.status],
      progress.attempts,
      progress.volunteerId ?? null,
      progress.startedAt ?? null,
      id,
    );
  }

  resetRunning(): void {
    this.#resetRunning.run();
  }

  /** False when the job has ended, or is gone. */
  deleteLive(seq: number): boolean {
    return this.#deleteLive.run(seq).changes === 1;
  }

  insertEnd({ seq, namespace }: JobPlace, end: JobEnd, output: JobOutput): void {
    this.#insertEnd.run(
      seq,
      namespace,
      statusNumbers[end.status],
      end.attempts,
      end.volunteerId ?? null,
      end.startedAt ?? null,
      end.completedAt,
      end.stats?.wall_ms ?? null,
      end.stats?.cpu_ms ?? null,
      end.stats?.peak_memory_bytes ?? null,
      end.errorCode ?? null,
      end.error ?? null,
      output.resultJson ?? null,
      output.stdout,
      output.stderr,
    );
  }

  deleteEnd(seq: number): void {
    this.#deleteEnd.run(seq);
  }

  deletePayload(seq: number): void {
    this.#deletePayload.run(seq);
  }

  deleteJob(seq: number): void {
    this.#deleteJob.run(seq);
  }

  /** False when the key is taken. */
  insertKey(record: IdempotencyRecord): boolean {
    const { changes } = this.#insertKey.run(
      record.key,
      record.bodyHash,
      JSON.stringify(record.jobIds),
      record.createdAt,
    );
    return changes === 1;
  }

  deleteKeys(before: number, limit: number): void {
    this.#deleteKeys.run(before, limit);
  }
}

/** The reads of the job tables by id or in order, one statement per method, prepared once. */
export class JobQueries {
  readonly #lastSeq: StatementSync;
  readonly #place: StatementSync;
  readonly #job: StatementSync;
  readonly #payload: StatementSync;
  readonly #output: StatementSync;
  readonly #live: StatementSync;
  readonly #ended: StatementSync;
  readonly #key: StatementSync;

  constructor(database: DatabaseSync) {
    this.#lastSeq = database.prepare("SELECT coalesce(max(seq), 0) AS seq FROM jobs");
    this.#place = database.prepare("SELECT seq, namespace FROM jobs WHERE id = ?");
    this.#job = database.prepare(`SELECT ${recordColumns} FROM ${recordTables} WHERE id = ?`);
    this.#payload = database.prepare("SELECT code, input FROM job_payloads WHERE seq = ?");
    this.#output = database.prepare("SELECT result, stdout, stderr FROM job_ends WHERE seq = ?");
    this.#live = database.prepare(
      `WITH page (seq) AS MATERIALIZED (SELECT seq FROM job_live WHERE seq > ? ORDER BY seq LIMIT ?)
       SELECT ${recordColumns} FROM page CROSS JOIN ${recordTables} WHERE jobs.seq = page.seq ORDER BY page.seq`,
    );
    this.#ended = database.prepare(
      `SELECT seq, namespace, status,
         coalesce(octet_length(code), 0) + octet_length(input) + coalesce(octet_length(result), 0) +
           octet_length(stdout) + octet_length(stderr) AS bytes
       FROM job_ends CROSS JOIN job_payloads USING (seq)
       WHERE completed_at < ? ORDER BY completed_at LIMIT ?`,
    );
    this.#key = database.prepare(
      "SELECT key, body_hash, job_ids, created_at FROM idempotency_keys WHERE key = ?",
    );
  }

  /** The largest `seq` in use; 0 when there is no job. */
  lastSeq(): number {
    return number(this.#lastSeq.get()?.seq);
  }

  place(id: string): Row | undefined {
    return this.#place.get(id);
  }

  job(id: string): Row | undefined {
    return this.#job.get(id);
  }

  payload(seq: number): Row | undefined {
    return this.#payload.get(seq);
  }

  output(seq: number): Row | undefined {
    return this.#output.get(seq);
  }

  /** Jobs after `seq` that have not ended, oldest first. */
  live(seq: number, limit: number): readonly Row[] {
    return this.#live.all(seq, limit);
  }

  /** The ended jobs that ended first, with the bytes of their bulk. */
  ended(before: number, limit: number): readonly Row[] {
    return this.#ended.all(before, limit);
  }

  key(key: string): Row | undefined {
    return this.#key.get(key);
  }
}
