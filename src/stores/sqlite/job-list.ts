import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JobFilter, JobListPage } from "../../jobs/store.ts";
import { type JobStatus, jobStatuses } from "../../protocol/job.ts";
import { limits } from "../../protocol/limits.ts";
import { recordColumns, recordOf, recordTables, statusNumbers } from "./job-rows.ts";
import { textOrNone } from "./row.ts";

type ListedJob = JobListPage["jobs"][number];

/** One page of jobs, newest first: which ones they are is read from an index alone, then their rows and small results. */
export class JobList {
  readonly #all: StatementSync;
  readonly #byStatus: Readonly<Record<JobStatus, StatementSync>>;
  readonly #byNamespace: StatementSync;
  readonly #byBoth: Readonly<Record<JobStatus, StatementSync>>;

  constructor(database: DatabaseSync) {
    const prepare = (seqs: string) => database.prepare(pageOf(seqs));
    const forEachStatus = (seqsOf: (status: JobStatus) => string) => ({
      pending: prepare(seqsOf("pending")),
      running: prepare(seqsOf("running")),
      completed: prepare(seqsOf("completed")),
      failed: prepare(seqsOf("failed")),
      cancelled: prepare(seqsOf("cancelled")),
    });
    this.#all = prepare("SELECT seq FROM jobs");
    this.#byStatus = forEachStatus(seqsWith);
    // Each status of a namespace comes sorted; SQLite merges the five without sorting what it skips.
    this.#byNamespace = prepare(jobStatuses.map(seqsWithin).join(" UNION ALL "));
    this.#byBoth = forEachStatus(seqsWithin);
  }

  read({ namespace, status, limit, offset }: JobFilter): readonly ListedJob[] {
    if (namespace === undefined) {
      return rows(status === undefined ? this.#all : this.#byStatus[status], [limit, offset]);
    }
    return rows(status === undefined ? this.#byNamespace : this.#byBoth[status], [limit, offset, namespace]);
  }
}

function seqsWith(status: JobStatus): string {
  const table = status === "pending" || status === "running" ? "job_live" : "job_ends";
  return `SELECT seq FROM ${table} WHERE status = ${statusNumbers[status]}`;
}

/** Within the namespace that is the third parameter. */
function seqsWithin(status: JobStatus): string {
  return `${seqsWith(status)} AND namespace = ?3`;
}

/** @param seqs a query whose `seq` are to be listed; the limit is the first parameter and the offset the second */
function pageOf(seqs: string): string {
  return `WITH page (seq) AS MATERIALIZED (${seqs} ORDER BY seq DESC LIMIT ?1 OFFSET ?2)
    SELECT ${recordColumns}, octet_length(result) > ${limits.listedResultBytesMax} AS omitted,
      CASE WHEN octet_length(result) <= ${limits.listedResultBytesMax} THEN result END AS result
    FROM page CROSS JOIN ${recordTables} WHERE jobs.seq = page.seq
    ORDER BY page.seq DESC`;
}

function rows(statement: StatementSync, values: readonly SQLInputValue[]): readonly ListedJob[] {
  return statement.all(...values).map((row) => ({
    ...recordOf(row),
    resultJson: textOrNone(row.result),
    resultOmitted: row.omitted === 1,
  }));
}
