import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JobFilter, JobListPage } from "../../jobs/store.ts";
import { limits } from "../../protocol/limits.ts";
import { recordColumns, recordOf, statusNumbers, textOrNone } from "./job-rows.ts";

type ListedJob = JobListPage["jobs"][number];

/** One page of jobs, newest first: which ones they are is read from an index alone, then their rows and small results. */
export class JobList {
  readonly #all: StatementSync;
  readonly #byStatus: StatementSync;
  readonly #byNamespace: StatementSync;
  readonly #byBoth: StatementSync;

  constructor(database: DatabaseSync) {
    this.#all = database.prepare(pageOf("SELECT seq FROM jobs"));
    this.#byStatus = database.prepare(pageOf("SELECT seq FROM jobs WHERE status = ?"));
    // Each status of a namespace lies sorted in the index; SQLite merges the five without sorting what it skips.
    this.#byNamespace = database.prepare(
      pageOf(
        Object.values(statusNumbers)
          .map((status) => `SELECT seq FROM jobs WHERE namespace = ?1 AND status = ${status}`)
          .join(" UNION ALL "),
      ),
    );
    this.#byBoth = database.prepare(pageOf("SELECT seq FROM jobs WHERE namespace = ? AND status = ?"));
  }

  read(filter: JobFilter): readonly ListedJob[] {
    const { namespace, status, limit, offset } = filter;
    const page: SQLInputValue[] = [limit, offset];
    const number = status === undefined ? undefined : statusNumbers[status];
    if (namespace === undefined) {
      return number === undefined ? rows(this.#all, page) : rows(this.#byStatus, [number, ...page]);
    }
    return number === undefined
      ? rows(this.#byNamespace, [namespace, ...page])
      : rows(this.#byBoth, [namespace, number, ...page]);
  }
}

/** @param seqs a query whose `seq` are to be listed */
function pageOf(seqs: string): string {
  return `WITH page (seq) AS MATERIALIZED (${seqs} ORDER BY seq DESC LIMIT ? OFFSET ?)
    SELECT ${recordColumns}, octet_length(result) > ${limits.listedResultBytesMax} AS omitted,
      CASE WHEN octet_length(result) <= ${limits.listedResultBytesMax} THEN result END AS result
    FROM page CROSS JOIN jobs USING (seq) LEFT JOIN job_outputs USING (seq)
    ORDER BY seq DESC`;
}

function rows(statement: StatementSync, values: readonly SQLInputValue[]): readonly ListedJob[] {
  return statement.all(...values).map((row) => ({
    ...recordOf(row),
    resultJson: textOrNone(row.result),
    resultOmitted: row.omitted === 1,
  }));
}
