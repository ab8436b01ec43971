import type { DatabaseSync, StatementSync } from "node:sqlite";
import { recordColumns, recordTables } from "./job-rows.ts";
import { number, type Row } from "./row.ts";

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
