/**
 * JSON text that is the same for equal values, however their keys were ordered: RFC 8785, but for the order of keys
 * outside the basic plane.
 * @param value came out of `parseBoundedJson`, so its nesting is bounded
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
