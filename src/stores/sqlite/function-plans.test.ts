import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { RecordingDatabase } from "../../../tests/support/recording-database.ts";
import { FunctionStatements } from "./function-statements.ts";
import { LogStatements } from "./log-statements.ts";
import { openDatabase } from "./open.ts";

test("no statement of functions and logs reads more than its answer and what a list skips or counts", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-plans-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "zerverless.db");
  openDatabase(path).close();
  using database = new RecordingDatabase(path);
  for (const Part of [FunctionStatements, LogStatements]) new Part(database);
  assert.ok(database.statements.length >= 25);
  for (const sql of database.statements) {
    for (const step of database.planOf(sql)) {
      assert.doesNotMatch(step, /TEMP B-TREE/, `sorts: ${sql}`);
      // The names that a caller may see, which were given.
      if (!step.startsWith("SCAN ") || step.startsWith("SCAN json_each ")) continue;
      // Functions are few; a list of all goes through them in the order of an index until its page is full.
      assert.match(step, /^SCAN functions USING COVERING INDEX|^SCAN functions USING INDEX/, sql);
      assert.match(sql, /LIMIT \? OFFSET \?$|^SELECT count/, `${step}: ${sql}`);
    }
  }
});
