import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JobFilter } from "../../jobs/store.ts";
import type { JobStatus } from "../../protocol/job.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import type { GroupTail } from "./commit-group.ts";
import { statusNumbers } from "./job-rows.ts";
import { prefixRange } from "./prefix-range.ts";
import { number, text } from "./row.ts";

const everyNamespace = "";
const unended = statusNumbers.pending;

/** The sums in `job_counts`, changed once per transaction however many jobs it moved. */
export class JobCounts implements GroupTail {
  readonly #add: StatementSync;
  readonly #forget: StatementSync;
  readonly #count: StatementSync;
  readonly #byNamespace: StatementSync;
  readonly #running: StatementSync;
  readonly #runningIn: StatementSync;
  readonly #namespaces: StatementSync;
  /** By namespace, then by status number. */
  readonly #changes = new Map<string, number[]>();

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      `INSERT INTO job_counts (namespace, status, jobs) VALUES (?, ?, ?)
       ON CONFLICT (namespace, status) DO UPDATE SET jobs = jobs + excluded.jobs`,
    );
    this.#forget = database.prepare("DELETE FROM job_counts WHERE namespace = ? AND status = ? AND jobs = 0");
    this.#count = database.prepare("SELECT status, jobs FROM job_counts WHERE namespace = ?");
    this.#byNamespace = database.prepare(
      `SELECT namespace, sum(jobs) AS jobs FROM job_counts WHERE namespace >= ? AND namespace < ?
       GROUP BY namespace ORDER BY namespace LIMIT ?`,
    );
    this.#running = database.prepare("SELECT count(*) AS jobs FROM job_live WHERE status = 1");
    this.#runningIn = database.prepare(
      "SELECT count(*) AS jobs FROM job_live WHERE namespace = ? AND status = 1",
    );
    this.#namespaces = database.prepare(
      // From one to the next in the index, past the rows of each.
      `WITH RECURSIVE names (namespace) AS (
         SELECT min(namespace) FROM job_counts WHERE namespace > ''
         UNION ALL SELECT (SELECT min(namespace) FROM job_counts WHERE namespace > names.namespace) FROM names
         WHERE names.namespace IS NOT NULL)
       SELECT namespace FROM names WHERE namespace IS NOT NULL`,
    );
  }

  /** Those that have jobs. */
  namespaces(): string[] {
    return this.#namespaces.all().map((row) => text(row.namespace));
  }

  inserted(namespace: string): void {
    this.#change(namespace, unended, 1);
  }

  ended(namespace: string, status: number): void {
    this.#change(namespace, unended, -1);
    this.#change(namespace, status, 1);
  }

  deleted(namespace: string, status: number): void {
    this.#change(namespace, status, -1);
  }

  flush(): void {
    const total = [0, 0, 0, 0, 0];
    for (const [namespace, changes] of this.#changes) {
      this.#write(namespace, changes);
      for (const [status, by] of changes.entries()) total[status] = (total[status] ?? 0) + by;
    }
    this.#write(everyNamespace, total);
    this.#changes.clear();
  }

  discard(): void {
    this.#changes.clear();
  }

  /** @param namespace undefined for all of them */
  read(namespace: string | undefined): Record<JobStatus, number> {
    const counts = [0, 0, 0, 0, 0];
    for (const row of this.#count.all(namespace ?? everyNamespace))
      counts[number(row.status)] = number(row.jobs);
    const running = namespace === undefined ? this.#running.get() : this.#runningIn.get(namespace);
    counts[statusNumbers.running] = number(running?.jobs);
    const of = (status: JobStatus) => counts[statusNumbers[status]] ?? 0;
    return {
      pending: of("pending") - of("running"),
      running: of("running"),
      completed: of("completed"),
      failed: of("failed"),
      cancelled: of("cancelled"),
    };
  }

  /** Namespaces with how many jobs each has. */
  byNamespace({ prefix, after, limit }: NameRange): readonly NameCount[] {
    const { from, until } = prefixRange(prefix, after);
    // The empty name stands for all of them.
    const rows = this.#byNamespace.all(from === everyNamespace ? "\0" : from, until, limit);
    return rows.map((row) => ({ name: text(row.namespace), count: number(row.jobs) }));
  }

  /** How many jobs a list would show without its limit. */
  total(filter: Pick<JobFilter, "namespace" | "among" | "status">): number {
    if (filter.among && filter.namespace === undefined) {
      const { status } = filter;
      return filter.among.reduce((sum, namespace) => sum + this.total({ namespace, status }), 0);
    }
    if (filter.among && !filter.among.includes(filter.namespace ?? "")) return 0;
    const counts = this.read(filter.namespace);
    if (filter.status !== undefined) return counts[filter.status];
    return Object.values(counts).reduce((sum, jobs) => sum + jobs, 0);
  }

  #change(namespace: string, status: number, by: number): void {
    let changes = this.#changes.get(namespace);
    if (!changes) {
      changes = [0, 0, 0, 0, 0];
      this.#changes.set(namespace, changes);
    }
    changes[status] = (changes[status] ?? 0) + by;
  }

  #write(namespace: string, changes: readonly number[]): void {
    for (const [status, by] of changes.entries()) {
      if (by === 0) continue;
      this.#add.run(namespace, status, by);
      // So that namespaces whose jobs are all gone leave no rows behind.
      if (by < 0) this.#forget.run(namespace, status);
    }
  }
}
