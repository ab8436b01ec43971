import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { RecordingDatabase } from "../../../tests/support/recording-database.ts";
import { jobStatuses } from "../../protocol/job.ts";
import { JobCounts } from "./job-counts.ts";
import { JobList } from "./job-list.ts";
import { JobQueries } from "./job-queries.ts";
import { JobStatements } from "./job-statements.ts";
import { openDatabase } from "./open.ts";

test("no statement reads more than its answer, the jobs that are live, and what a list skips", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-plans-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "zerverless.db");
  openDatabase(path).close();
  using database = new RecordingDatabase(path);
  for (const Part of [JobCounts, JobQueries, JobStatements]) new Part(database);
  listEverything(new JobList(database));
  assert.ok(database.statements.length > 25);
  for (const sql of database.statements) {
    for (const step of database.planOf(sql)) {
      assert.doesNotMatch(step, /TEMP B-TREE/, `sorts: ${sql}`);
      if (!step.startsWith("SCAN ")) continue;
      // A page is at most as long as its list; all jobs are listed from the newest until the page is full, and a
      // language is looked for among so many that are the newest.
      const mayScan =
        /^SCAN (page|job_live|names)\b/.test(step) ||
        (/^SCAN (jobs$|\()/.test(step) && /LIMIT \?1|LIMIT 1 /.test(sql)) ||
        (/^SCAN \(/.test(step) && !/FROM (jobs|job_ends)\b/.test(sql));
      assert.ok(mayScan, `${step}: ${sql}`);
    }
  }
});

const namespaceFilters: readonly (readonly [string | undefined, readonly string[] | undefined])[] = [
  [undefined, undefined],
  ["alice", undefined],
  [undefined, ["alice", "bob"]],
];

/** Makes the list prepare a statement for every kind of filter. */
function listEverything(list: JobList): void {
  for (const status of [undefined, ...jobStatuses]) {
    for (const [namespace, among] of namespaceFilters) {
      for (const language of [undefined, "lua"] as const) {
        const filter = { status, namespace, among, language, limit: 1, offset: 0 };
        list.read(filter);
        if (language) list.countOfLanguage(filter);
      }
    }
  }
}
