import { refuse } from "../protocol/errors.ts";

/** If-None-Match (RFC 9110, section 13.1.2): a list of tags, compared weakly, or a star. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}

/** The version that an If-Match names, with or without quotes; "any" for a star. */
export function versionOf(header: string): number | "any" {
  const tag = header.trim();
  if (tag === "*") return "any";
  const digits = /^(?:"([1-9]\d{0,15})"|([1-9]\d{0,15}))$/.exec(tag);
  const version = Number(digits?.[1] ?? digits?.[2]);
  if (Number.isSafeInteger(version)) return version;
  throw refuse("invalid_request", 'If-Match must be a version such as "7", or *.');
}
