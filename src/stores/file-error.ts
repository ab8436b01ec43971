import { type HttpErrorCode, refuse } from "../protocol/errors.ts";
import type { AppError } from "../stdx/errors.ts";

const reasons: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission is denied"],
  ["EPERM", "permission is denied"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk quota is used up"],
  ["EFBIG", "the file would be larger than allowed"],
  ["EIO", "the disk reported an error"],
  ["ENOTDIR", "a part of the path is not a directory"],
  ["EEXIST", "it exists and is not a directory"],
  ["ENOENT", "it does not exist and cannot be made"],
  ["EMFILE", "too many files are open"],
  ["ENFILE", "too many files are open"],
]);

/** The code of a failed file operation, such as `ENOSPC`; undefined when the error is not the file system's. */
export function fileCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * `storage_unavailable` when the file system refused, else undefined.
 * @param what the beginning of the sentence, such as "The data directory ./data cannot be used"
 */
export function fileErrorOf(error: unknown, what: string): AppError<HttpErrorCode> | undefined {
  const code = fileCodeOf(error);
  if (code === undefined) return undefined;
  return refuse("storage_unavailable", `${what}: ${reasons.get(code) ?? code}.`, { cause: error });
}
