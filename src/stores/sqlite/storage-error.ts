import { type HttpErrorCode, refuse } from "../../protocol/errors.ts";
import type { AppError } from "../../stdx/errors.ts";

/**
 * SQLite's primary result codes (https://sqlite.org/rescode.html) that speak of the disk, the file or the machine, with
 * the sentence for whoever waits. Any other code blames the statement, so it is the caller's error or a defect.
 */
const sentences: ReadonlyMap<number, string> = new Map([
  [3, "The database file may not be accessed."],
  [5, "Another program holds the database locked."],
  [6, "Another program holds the database locked."],
  [7, "There is not enough memory for the database."],
  [8, "The database is read-only."],
  [10, "The disk reported an error."],
  [11, "The database file is damaged."],
  [13, "The disk is full."],
  [14, "The database file cannot be opened."],
  [15, "The database's locks do not work on this file system."],
  [22, "The file system does not hold files of this size."],
  [26, "The file is not a database, or it is damaged."],
]);

/** SQLite's primary result code; undefined when the error is not SQLite's. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  // Extended codes keep the primary one in their low byte.
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/**
 * `storage_unavailable` when the storage itself failed, else undefined.
 * @param consequence a whole sentence that says what this means for the caller
 */
export function storageErrorOf(error: unknown, consequence: string): AppError<HttpErrorCode> | undefined {
  const sentence = sentences.get(sqliteCodeOf(error) ?? 0);
  if (sentence === undefined) return undefined;
  return refuse("storage_unavailable", `${sentence} ${consequence}`, { cause: error });
}
