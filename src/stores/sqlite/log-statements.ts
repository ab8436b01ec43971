import type { DatabaseSync, StatementSync } from "node:sqlite";
import { number, type Row } from "./row.ts";

/** A log's row: its sums over its segments. */
export interface LogPlace {
  readonly id: number;
  readonly lines: number;
  readonly bytes: number;
}

/** A part of a log that was written at once. */
export interface LogSegment {
  readonly last: number;
  readonly lastAt: number;
  readonly lines: number;
  readonly bytes: number;
  readonly content: string | Uint8Array;
}

/** The statements of the log tables, one per method, prepared once. */
export class LogStatements {
  readonly #place: StatementSync;
  readonly #insertLog: StatementSync;
  readonly #addSums: StatementSync;
  readonly #deleteEmpty: StatementSync;
  readonly #insertSegment: StatementSync;
  readonly #deleteSegment: StatementSync;
  readonly #oldest: StatementSync;
  readonly #aged: StatementSync;
  readonly #before: StatementSync;

  constructor(database: DatabaseSync) {
    this.#place = database.prepare("SELECT id, lines, bytes FROM logs WHERE namespace = ? AND path = ?");
    this.#insertLog = database.prepare(
      "INSERT INTO logs (namespace, path, lines, bytes) VALUES (?, ?, 0, 0)",
    );
    this.#addSums = database.prepare("UPDATE logs SET lines = lines + ?, bytes = bytes + ? WHERE id = ?");
    this.#deleteEmpty = database.prepare("DELETE FROM logs WHERE id = ? AND lines = 0");
    this.#insertSegment = database.prepare(
      "INSERT INTO log_segments (log_id, last, last_at, lines, bytes, content) VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#deleteSegment = database.prepare("DELETE FROM log_segments WHERE log_id = ? AND last = ?");
    this.#oldest = database.prepare(
      "SELECT last, lines, bytes FROM log_segments WHERE log_id = ? ORDER BY last LIMIT 1",
    );
    this.#aged = database.prepare(
      "SELECT log_id, last, lines, bytes FROM log_segments WHERE last_at < ? ORDER BY last_at LIMIT ?",
    );
    this.#before = database.prepare(
      "SELECT last, content FROM log_segments WHERE log_id = ? AND last < ? ORDER BY last DESC LIMIT ?",
    );
  }

  place(namespace: string, path: string): LogPlace | undefined {
    const row = this.#place.get(namespace, path);
    return row && { id: number(row.id), lines: number(row.lines), bytes: number(row.bytes) };
  }

  /** With no lines yet. */
  insertLog(namespace: string, path: string): LogPlace {
    const id = Number(this.#insertLog.run(namespace, path).lastInsertRowid);
    return { id, lines: 0, bytes: 0 };
  }

  addSums(id: number, lines: number, bytes: number): void {
    this.#addSums.run(lines, bytes, id);
  }

  deleteEmpty(id: number): void {
    this.#deleteEmpty.run(id);
  }

  insertSegment(id: number, { last, lastAt, lines, bytes, content }: LogSegment): void {
    this.#insertSegment.run(id, last, lastAt, lines, bytes, content);
  }

  deleteSegment(id: number, last: number): void {
    this.#deleteSegment.run(id, last);
  }

  oldest(id: number): Row | undefined {
    return this.#oldest.get(id);
  }

  /** Segments with no line as young as the instant, the oldest first. */
  aged(instantMs: number, limit: number): readonly Row[] {
    return this.#aged.all(instantMs, limit);
  }

  /** Segments that end before a line, the newest first. */
  before(id: number, last: number, limit: number): readonly Row[] {
    return this.#before.all(id, last, limit);
  }
}
