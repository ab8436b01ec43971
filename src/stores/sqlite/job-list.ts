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
    if (namesOf(filter)?.length === 0) return [];
    return this.#statement(pageOf(seqsOf(filter)))
      .all(filter.limit, filter.offset, ...valuesOf(filter))
      .map(listedJob);
  }

  /** How many jobs of the filter's language are among those that are looked at. */
  countOfLanguage(filter: JobFilter): number {
    if (namesOf(filter)?.length === 0) return 0;
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

/** More namespaces than this are not read one by one: all jobs are, and those of others are passed over. */
const mergedNamespacesMax = 64;

/** Which namespaces a filter lets through; undefined: all of them. */
function namesOf({ namespace, among }: JobFilter): readonly string[] | undefined {
  if (namespace === undefined) return among;
  return among === undefined || among.includes(namespace) ? [namespace] : [];
}

/** What stands for the parameters from the third on: the language, and the namespaces one by one or as a JSON array. */
function valuesOf(filter: JobFilter): SQLInputValue[] {
  const names = namesOf(filter);
  if (names === undefined && filter.language === undefined) return [];
  const values =
    names === undefined || names.length <= mergedNamespacesMax ? (names ?? []) : [JSON.stringify(names)];
  return [filter.language ?? null, ...values];
}

/** A query for the `seq` of the jobs of a filter. */
function seqsOf(filter: JobFilter): string {
  const { status, language } = filter;
  const scopes = scopesOf(namesOf(filter));
  const seqs = seqsWithin(status, scopes, "");
  if (language === undefined) return seqs;
  const spoken = "jobs.language = ?3";
  if (status === "running") return seqsWithin(status, scopes, spoken);
  // No index knows the languages: the newest jobs are looked at one by one, and no more of them than is quickly done.
  const last = `${seqs} ORDER BY seq DESC LIMIT 1 OFFSET ${limits.jobsSearchedMax - 1}`;
  return seqsWithin(status, scopes, `${spoken} AND jobs.seq >= coalesce((${last}), 0)`);
}

/** Conditions on a namespace, each of which reads one index in order; undefined: none. */
function scopesOf(names: readonly string[] | undefined): readonly string[] | undefined {
  if (names === undefined || names.length <= mergedNamespacesMax)
    return names?.map((_, place) => `= ?${4 + place}`);
  return ["IN (SELECT value FROM json_each(?4))"];
}

/** @param condition on `jobs`; may be empty */
function seqsWithin(
  status: JobStatus | undefined,
  scopes: readonly string[] | undefined,
  condition: string,
): string {
  if (scopes === undefined) {
    if (status !== undefined) return seqsWith(status, undefined, condition);
    return `SELECT seq FROM jobs${condition && ` WHERE ${condition}`}`;
  }
  // Each status of a namespace comes sorted; SQLite merges them without sorting what it skips.
  const statuses = status === undefined ? jobStatuses : [status];
  return scopes
    .flatMap((scope) => statuses.map((each) => seqsWith(each, scope, condition)))
    .join(" UNION ALL ");
}

function seqsWith(status: JobStatus, scope: string | undefined, condition: string): string {
  const table = status === "pending" || status === "running" ? "job_live" : "job_ends";
  // The plus keeps the index of the namespaces out of it, whose entries would have to be sorted.
  const within =
    scope === undefined ? "" : ` AND ${scope.startsWith("IN") ? "+" : ""}${table}.namespace ${scope}`;
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
