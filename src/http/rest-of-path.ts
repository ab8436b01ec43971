import { refuse } from "../protocol/errors.ts";

/**
 * What follows the first `segments` segments of a request's path, percent-decoded exactly once. The router decodes for
 * matching; a key or a file's path has to be what the client meant to the last character, slashes and percents included.
 * @returns undefined when the path ends before it
 */
export function restOfPath(url: string, segments: number): string | undefined {
  const path = rawPath(url);
  let at = 0;
  for (let seen = 0; seen < segments; seen++) {
    at = path.indexOf("/", at + 1);
    if (at === -1) return undefined;
  }
  const rest = path.slice(at + 1);
  if (!rest.includes("%")) return rest;
  try {
    return decodeURIComponent(rest);
  } catch (error) {
    throw refuse("invalid_request", "The path is not valid percent-encoding of UTF-8.", { cause: error });
  }
}

/** The path of a request's target, without scheme, host and query, as the client wrote it. */
export function rawPath(url: string): string {
  // Proxies may send the whole URL (RFC 9112, section 3.2.2).
  const path = url.startsWith("/") ? url : url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end);
}
