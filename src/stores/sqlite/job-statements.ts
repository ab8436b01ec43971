import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobSpec } from "../../jobs/job.ts";
import type { IdempotencyRecord } from "../../jobs/store.ts";
import type { Webhook } from "../../jobs/webhook-store.ts";
import { statusNumbers } from "./job-rows.ts";

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
  readonly #insertWebhook: StatementSync;
  readonly #insertKey: StatementSync;
  readonly #deleteKeys: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertJob = database.prepare(
      `INSERT INTO jobs (seq, id, namespace, language, wasm_cid, timeout_ms, memory_mb, priority, max_retries, created_at,
         uses_database, placement)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
    this.#insertWebhook = database.prepare(
      "INSERT INTO webhooks (job_id, namespace, url, attempts) VALUES (?, ?, ?, ?)",
    );
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
      Number(spec.usesDatabase),
      spec.placement,
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

  insertWebhook({ jobId, namespace, url, attempts }: Webhook): void {
    this.#insertWebhook.run(jobId, namespace, url, attempts);
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
