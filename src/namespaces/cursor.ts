import { refuse } from "../protocol/errors.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a list answers for its next page: the last name of this one, wrapped so that nobody builds upon it. */
export function cursorAfter(name: string): string {
  return Buffer.from(name, "utf8").toString("base64url");
}

/** The name that a cursor stands for. */
export function nameOfCursor(cursor: string): string {
  try {
    const bytes = Buffer.from(cursor, "base64url");
    // Node skips what is no base64url; a cursor that does not come back the same was not made here.
    if (cursor !== "" && bytes.toString("base64url") === cursor) return decoder.decode(bytes);
  } catch (error) {
    throw refuse("invalid_request", invalid, { cause: error });
  }
  throw refuse("invalid_request", invalid);
}

const invalid = "cursor must be one that an earlier page of this list answered.";
