import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobSpec } from "../../jobs/job.ts";
import type { IdempotencyRecord } from "../../jobs/store.ts";
import { type Row, statusNumbers } from "./job-rows.ts";

/** Where a job's rows are, and whose it is. */
export interface JobPlace {
  readonly seq: number;
  readonly namespace: string;
}

/** The writes of the job tables, one statement per method, prepared once. They run inside the caller's transaction. */
export class JobStatements {
  readonly #insertJob: StatementSync;
  readonly #insertPayload: StatementSync;
  readonly #insertOutput: StatementSync;
  readonly #end: StatementSync;
  readonly #progress: StatementSync;
  readonly #resetRunning: StatementSync;
  readonly #delete: StatementSync;
  readonly #insertKey: StatementSync;
  readonly #deleteKeys: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertJob = database.prepare(
      `INSERT INTO jobs (id, namespace, language, wasm_cid, timeout_ms, memory_mb, priority, max_retries, created_at,
         status, attempts)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ${statusNumbers.pending}, 0)`,
    );
    this.#insertPayload = database.prepare("INSERT INTO job_payloads (seq, code, input) VALUES (?, ?, ?)");
    this.#insertOutput = database.prepare(
      "INSERT INTO job_outputs (seq, result, stdout, stderr) VALUES (?, ?, ?, ?)",
    );
    this.#end = database.prepare(
      `UPDATE jobs SET status = ?, attempts = ?, volunteer_id = ?, started_at = ?, completed_at = ?, error = ?,
         error_code = ?, wall_ms = ?, cpu_ms = ?, peak_memory_bytes = ?
       WHERE seq = ? AND completed_at IS NULL`,
    );
    this.#progress = database.prepare(
      `UPDATE jobs SET status = ?, attempts = ?, volunteer_id = ?, started_at = ?
       WHERE id = ? AND completed_at IS NULL`,
    );
    this.#resetRunning = database.prepare(
      `UPDATE jobs SET status = ${statusNumbers.pending}, volunteer_id = NULL, started_at = NULL
       WHERE status = ${statusNumbers.running}`,
    );
    this.#delete = database.prepare("DELETE FROM jobs WHERE seq = ?");
    this.#insertKey = database.prepare(
      `INSERT INTO idempotency_keys (key, body_hash, job_ids, created_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO NOTHING`,
    );
    this.#deleteKeys = database.prepare(
      `DELETE FROM idempotency_keys WHERE rowid IN
         (SELECT rowid FROM idempotency_keys WHERE created_at < ? ORDER BY created_at LIMIT ?)`,
    );
  }

  /** Returns the new job's `seq`. */
  insertJob(spec: JobSpec): number {
    const { lastInsertRowid } = this.#insertJob.run(
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
    return Number(lastInsertRowid);
  }

  insertPayload(seq: number, payload: JobPayload): void {
    this.#insertPayload.run(seq, payload.code ?? null, payload.inputJson);
  }

  insertOutput(seq: number, output: JobOutput): void {
    this.#insertOutput.run(seq, output.resultJson ?? null, output.stdout, output.stderr);
  }

  /** False when it had ended before, or is gone. */
  end(seq: number, end: JobEnd): boolean {
    const { changes } = this.#end.run(
      statusNumbers[end.status],
      end.attempts,
      end.volunteerId ?? null,
      end.startedAt ?? null,
      end.completedAt,
      end.error ?? null,
      end.errorCode ?? null,
      end.stats?.wall_ms ?? null,
      end.stats?.cpu_ms ?? null,
      end.stats?.peak_memory_bytes ?? null,
      seq,
    );
    return changes === 1;
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

  /** Its payload and output go with it. */
  delete(seq: number): void {
    this.#delete.run(seq);
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
  readonly #place: StatementSync;
  readonly #job: StatementSync;
  readonly #payload: StatementSync;
  readonly #output: StatementSync;
  readonly #unfinished: StatementSync;
  readonly #ended: StatementSync;
  readonly #key: StatementSync;

  constructor(database: DatabaseSync, recordColumns: string) {
    this.#place = database.prepare("SELECT seq, namespace FROM jobs WHERE id = ?");
    this.#job = database.prepare(`SELECT ${recordColumns} FROM jobs WHERE id = ?`);
    this.#payload = database.prepare("SELECT code, input FROM job_payloads WHERE seq = ?");
    this.#output = database.prepare("SELECT result, stdout, stderr FROM job_outputs WHERE seq = ?");
    this.#unfinished = database.prepare(
      `SELECT ${recordColumns} FROM jobs WHERE status = ${statusNumbers.pending} AND seq > ? ORDER BY seq LIMIT ?`,
    );
    this.#ended = database.prepare(
      `SELECT jobs.seq, namespace, status,
         coalesce(octet_length(code), 0) + octet_length(input) + coalesce(octet_length(result), 0) +
           octet_length(stdout) + octet_length(stderr) AS bytes
       FROM jobs JOIN job_payloads USING (seq) JOIN job_outputs USING (seq)
       WHERE completed_at < ? ORDER BY completed_at LIMIT ?`,
    );
    this.#key = database.prepare(
      "SELECT key, body_hash, job_ids, created_at FROM idempotency_keys WHERE key = ?",
    );
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

  /** Pending jobs after `seq`, oldest first. */
  unfinished(seq: number, limit: number): readonly Row[] {
    return this.#unfinished.all(seq, limit);
  }

  /** The ended jobs that ended first, with the bytes of their bulk. */
  ended(before: number, limit: number): readonly Row[] {
    return this.#ended.all(before, limit);
  }

  key(key: string): Row | undefined {
    return this.#key.get(key);
  }
}
