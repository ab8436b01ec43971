import { DatabaseSync, type StatementSync } from "node:sqlite";

/** A database that remembers what was prepared on it, so that a test can ask how SQLite would go about it. */
export class RecordingDatabase extends DatabaseSync {
  readonly statements: string[] = [];

  override prepare(sql: string): StatementSync {
    this.statements.push(sql);
    return super.prepare(sql);
  }

  planOf(sql: string): string[] {
    return super
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((step) => String(step.detail));
  }
}
