import type { LogLine } from "./log-line.ts";

/** Lines of one function's log that are written together, oldest first. */
export interface LogBatch {
  readonly namespace: string;
  readonly path: string;
  readonly lines: readonly LogLine[];
}

/** How much of each log is kept: whichever is met first. */
export interface LogBounds {
  readonly linesMax: number;
  readonly bytesMax: number;
}

/** Where the logs of functions are kept. Every adapter passes `tests/contracts/log-store.ts`. */
export interface LogStore {
  /** All or none. The oldest lines of each log go once what is left without them fills its bounds. */
  append(batches: readonly LogBatch[], bounds: LogBounds): Promise<void>;
  /** A log from its newest lines back; the lines of each part are oldest first. */
  newestFirst(namespace: string, path: string): AsyncIterable<readonly LogLine[]>;
  /** Deletes lines that were written before, a part at a time; resolves whether there may be more. */
  deleteBefore(instantMs: number, partsMax: number): Promise<boolean>;
}
