import type { DatabaseSync } from "node:sqlite";
import type { LogLine } from "../../functions/log-line.ts";
import type { LogBatch, LogBounds, LogStore } from "../../functions/log-store.ts";
import type { CommitGroup } from "./commit-group.ts";
import { decodeLines, encodeLines } from "./log-rows.ts";
import { type LogPlace, LogStatements } from "./log-statements.ts";
import { number } from "./row.ts";
import { storageErrorOf } from "./storage-error.ts";

/** Segments that are read before others have the event loop. */
const scanSegments = 64;

interface Segment {
  readonly batch: LogBatch;
  readonly last: LogLine;
  readonly content: string | Uint8Array;
  readonly bytes: number;
}

/** Logs of functions in SQLite, a row for all lines of a log that were written together. */
export class SqliteLogStore implements LogStore {
  readonly #commits: CommitGroup;
  readonly #statements: LogStatements;

  constructor({ database, commits }: { database: DatabaseSync; commits: CommitGroup }) {
    this.#commits = commits;
    this.#statements = new LogStatements(database);
  }

  async append(batches: readonly LogBatch[], bounds: LogBounds): Promise<void> {
    const segments = batches.flatMap(segmentOf);
    if (segments.length === 0) return;
    await this.#commits.run(() => {
      for (const segment of segments) this.#append(segment, bounds);
    });
  }

  async *newestFirst(namespace: string, path: string): AsyncIterable<readonly LogLine[]> {
    const place = reading(() => this.#statements.place(namespace, path));
    if (!place) return;
    let last = Number.MAX_SAFE_INTEGER;
    // A reader mostly wants the newest segments alone, which may be large.
    for (let count = 1; ; count = Math.min(2 * count, scanSegments)) {
      const rows = reading(() => this.#statements.before(place.id, last, count));
      for (const row of rows) {
        last = number(row.last);
        yield decodeLines(row.content);
      }
      if (rows.length < count) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  deleteBefore(instantMs: number, partsMax: number): Promise<boolean> {
    return this.#commits.run(() => {
      const aged = this.#statements.aged(instantMs, partsMax);
      for (const row of aged) {
        const id = number(row.log_id);
        this.#statements.deleteSegment(id, number(row.last));
        this.#statements.addSums(id, -number(row.lines), -number(row.bytes));
        this.#statements.deleteEmpty(id);
      }
      return aged.length === partsMax;
    });
  }

  #append({ batch, last, content, bytes }: Segment, bounds: LogBounds): void {
    const { namespace, path, lines } = batch;
    const place = this.#statements.place(namespace, path) ?? this.#statements.insertLog(namespace, path);
    this.#statements.insertSegment(place.id, {
      last: last.seq,
      lastAt: last.at,
      lines: lines.length,
      bytes,
      content,
    });
    const sums = { lines: place.lines + lines.length, bytes: place.bytes + bytes };
    const gone = this.#shorten(place, sums, bounds);
    this.#statements.addSums(place.id, lines.length - gone.lines, bytes - gone.bytes);
  }

  /** Deletes segments that are not needed to fill the bounds. @returns what they held */
  #shorten({ id }: LogPlace, sums: { lines: number; bytes: number }, { linesMax, bytesMax }: LogBounds) {
    const gone = { lines: 0, bytes: 0 };
    while (sums.lines - gone.lines > linesMax || sums.bytes - gone.bytes > bytesMax) {
      const oldest = this.#statements.oldest(id);
      if (!oldest) break;
      const [lines, bytes] = [number(oldest.lines), number(oldest.bytes)];
      const left = { lines: sums.lines - gone.lines - lines, bytes: sums.bytes - gone.bytes - bytes };
      // By lines a log may overshoot by part of a segment, since segments go whole; by bytes it may not.
      if (left.lines < linesMax && sums.bytes - gone.bytes <= bytesMax) break;
      this.#statements.deleteSegment(id, number(oldest.last));
      gone.lines += lines;
      gone.bytes += bytes;
    }
    return gone;
  }
}

function segmentOf(batch: LogBatch): Segment[] {
  const last = batch.lines.at(-1);
  if (!last) return [];
  return [{ batch, last, ...encodeLines(batch.lines) }];
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The logs cannot be read.") ?? error;
  }
}
