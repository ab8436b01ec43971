import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JobFilter, JobListPage } from "../../jobs/store.ts";
import { type JobStatus, jobStatuses } from "../../protocol/job.ts";
import { limits } from "../../protocol/limits.ts";
import { recordColumns, recordOf, recordTables, statusNumbers } from "./job-rows.ts";
import { number, type Row, textOrNone } from "./row.ts";

type ListedJob = JobListPage["jobs"][number];

/** One page of jobs, newest first: which ones they are is read from an index alone, then their rows and small results. */
export class JobList {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  read(filter: JobFilter): readonly ListedJob[] {
    return this.#statement(pageOf(seqsOf(filter)))
      .all(filter.limit, filter.offset, ...valuesOf(filter))
      .map(listedJob);
  }

  /** How many jobs of the filter's language are among those that are looked at. */
  countOfLanguage(filter: JobFilter): number {
    const counted = `SELECT count(*) AS jobs FROM (${seqsOf(filter)}) WHERE ?1 >= 0 AND ?2 >= 0`;
    return number(this.#statement(counted).get(0, 0, ...valuesOf(filter))?.jobs);
  }

  /** There are as many as there are kinds of filters. */
  #statement(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}

/** What stands for the parameters from the third on. */
function valuesOf({ namespace, language }: JobFilter): SQLInputValue[] {
  if (language !== undefined) return [namespace ?? null, language];
  return namespace === undefined ? [] : [namespace];
}

/** A query for the `seq` of the jobs of a filter; the third parameter is its namespace, the fourth its language. */
function seqsOf({ status, namespace, language }: JobFilter): string {
  const seqs = seqsWithin(status, namespace !== undefined, "");
  if (language === undefined) return seqs;
  const spoken = "jobs.language = ?4";
  if (status === "running") return seqsWithin(status, namespace !== undefined, spoken);
  // No index knows the languages: the newest jobs are looked at one by one, and no more of them than is quickly done.
  const last = `${seqs} ORDER BY seq DESC LIMIT 1 OFFSET ${limits.jobsSearchedMax - 1}`;
  const newest = `${spoken} AND jobs.seq >= coalesce((${last}), 0)`;
  return seqsWithin(status, namespace !== undefined, newest);
}

/** @param condition on `jobs`; may be empty */
function seqsWithin(status: JobStatus | undefined, inNamespace: boolean, condition: string): string {
  if (status !== undefined) return seqsWith(status, inNamespace, condition);
  if (!inNamespace) return `SELECT seq FROM jobs${condition && ` WHERE ${condition}`}`;
  // Each status of a namespace comes sorted; SQLite merges the five without sorting what it skips.
  return jobStatuses.map((each) => seqsWith(each, true, condition)).join(" UNION ALL ");
}

function seqsWith(status: JobStatus, inNamespace: boolean, condition: string): string {
  const table = status === "pending" || status === "running" ? "job_live" : "job_ends";
  const within = inNamespace ? ` AND ${table}.namespace = ?3` : "";
  const also = condition && ` CROSS JOIN jobs ON jobs.seq = ${table}.seq AND ${condition}`;
  return `SELECT ${table}.seq AS seq FROM ${table}${also} WHERE ${table}.status = ${statusNumbers[status]}${within}`;
}

/** @param seqs a query whose `seq` are to be listed; the limit is the first parameter and the offset the second */
function pageOf(seqs: string): string {
  return `WITH page (seq) AS MATERIALIZED (${seqs} ORDER BY seq DESC LIMIT ?1 OFFSET ?2)
    SELECT ${recordColumns}, octet_length(result) > ${limits.listedResultBytesMax} AS omitted,
      CASE WHEN octet_length(result) <= ${limits.listedResultBytesMax} THEN result END AS result
    FROM page CROSS JOIN ${recordTables} WHERE jobs.seq = page.seq
    ORDER BY page.seq DESC`;
}

function listedJob(row: Row): ListedJob {
  return {
    ...recordOf(row),
    resultJson: textOrNone(row.result),
    resultOmitted: row.omitted === 1,
  };
}
