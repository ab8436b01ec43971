import { type HttpErrorCode, refuse } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import type { AppError } from "../stdx/errors.ts";
import type { Id } from "../stdx/ids.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";

/** A file's path within its namespace, such as `css/style.css`: checked, without a slash at either end. */
export type FilePath = Id<"file path">;

/** Names that Windows gives to devices, with any extension: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const deviceName = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\.|$)/i;
/** What is left when a dot, a slash, a backslash, a NUL or the percent sign itself was encoded twice. */
const encodedAgain = /%(?:2e|2f|5c|00|25)/i;

/**
 * Checks a path that was percent-decoded once. Files are kept under names of our own, so no path can lead anywhere; what
 * is refused here would be dangerous, or impossible, where a namespace is written out as a tree of files.
 */
export function parseFilePath(text: string): FilePath {
  if (text === "") throw invalid("must not be empty");
  if (!text.isWellFormed()) throw invalid("must be text that UTF-8 can carry");
  if (!fitsUtf8(text, limits.filePathBytesMax)) {
    throw invalid(`must have at most ${limits.filePathBytesMax} bytes in UTF-8`, limits.filePathBytesMax);
  }
  if (text.startsWith("/") || /^[a-z]:/i.test(text)) throw invalid("must not be absolute");
  if (text.includes("\\")) throw invalid("must not contain a backslash");
  if (/\p{Cc}/u.test(text)) throw invalid("must not contain control characters");
  if (encodedAgain.test(text)) throw invalid("must not be percent-encoded twice");
  for (const segment of text.split("/")) checkSegment(segment);
  return text as FilePath;
}

function checkSegment(segment: string): void {
  if (segment === "") throw invalid("must not have an empty segment, nor a slash at its end");
  if (!fitsUtf8(segment, limits.fileNameBytesMax)) {
    throw invalid(
      `must have segments of at most ${limits.fileNameBytesMax} bytes in UTF-8`,
      limits.fileNameBytesMax,
    );
  }
  // Some systems take compatibility forms, such as a full-width dot, for the plain character.
  const plain = segment.normalize("NFKC");
  if (/^[. ]+$/.test(plain)) throw invalid('must not have segments such as "." or ".."');
  if (/[/\\]/.test(plain)) throw invalid("must not contain characters that stand for a slash");
  if (/^ |[ .]$/.test(plain)) {
    throw invalid("must not have segments that begin with a space or end with a space or a dot");
  }
  if (deviceName.test(plain)) throw invalid(`must not contain the reserved name ${JSON.stringify(segment)}`);
}

function invalid(rule: string, limit?: number): AppError<HttpErrorCode> {
  return refuse("invalid_path", `The path ${rule}.`, limit === undefined ? {} : { details: { limit } });
}

/** The folders that a file lies in, outermost first: `a` and `a/b` for `a/b/c`. */
export function foldersOf(path: FilePath): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) folders.push(path.slice(0, at));
  return folders;
}
