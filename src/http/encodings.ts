import type { BodyEncoding } from "../namespaces/file-bodies.ts";

/** The one we like best first. */
const known: readonly BodyEncoding[] = ["br", "gzip"];

/** The encoding that an Accept-Encoding header (RFC 9110, section 12.5.3) likes best among ours. */
export function encodingOf(header: string | undefined): BodyEncoding {
  if (!header) return "identity";
  const weights = new Map<string, number>();
  for (const part of header.split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
    const weight = parameters.find((text) => text.startsWith("q="));
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)) || 0);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get("*") ?? 0;
  let best: BodyEncoding = "identity";
  // What is not named is acceptable, but anything that is named and ours is smaller.
  let bestWeight = weights.get("identity") ?? 0;
  for (const name of known) {
    const weight = weightOf(name);
    if (weight > 0 && (weight > bestWeight || (weight === bestWeight && best === "identity"))) {
      best = name;
      bestWeight = weight;
    }
  }
  return best;
}
