import { refuse } from "../protocol/errors.ts";
import { functionLimits } from "../protocol/functions.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";

/** What is left when a dot, a slash, a backslash, a NUL or the percent sign itself was encoded twice. */
const encodedAgain = /%(?:2e|2f|5c|00|25)/i;

/**
 * Refuses a path that no function may be deployed at. What is refused would be taken for something else by a client, a
 * proxy or a person on the way to it.
 * @param path percent-decoded once, without the namespace
 */
export function checkFunctionPath(path: string): void {
  if (path === "") throw invalid("must not be empty: deploy at /api/deploy/{namespace}/{path}");
  if (!path.isWellFormed()) throw invalid("must be text that UTF-8 can carry");
  if (!fitsUtf8(path, functionLimits.pathBytesMax)) {
    throw invalid(`must have at most ${functionLimits.pathBytesMax} bytes in UTF-8`);
  }
  if (path.includes("\\")) throw invalid("must not contain a backslash");
  if (/\p{Cc}/u.test(path)) throw invalid("must not contain control characters");
  if (encodedAgain.test(path)) throw invalid("must not be percent-encoded twice");
  const segments = path.split("/");
  if (segments.length > functionLimits.pathSegmentsMax) {
    throw invalid(`must have at most ${functionLimits.pathSegmentsMax} segments`);
  }
  for (const segment of segments) checkSegment(segment);
}

function checkSegment(segment: string): void {
  if (segment === "") throw invalid("must not have an empty segment, nor a slash at its ends");
  // Some programs take compatibility forms, such as a full-width dot, for the plain character.
  const plain = segment.normalize("NFKC");
  if (plain === "." || plain === "..") throw invalid('must not have segments such as "." or ".."');
  if (/[/\\]/.test(plain)) throw invalid("must not contain characters that stand for a slash");
  if (/^\s|\s$/.test(segment)) throw invalid("must not have segments that begin or end with a space");
}

function invalid(rule: string): Error {
  return refuse("invalid_path", `The path ${rule}.`);
}
