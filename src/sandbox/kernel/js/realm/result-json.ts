import { describeThrown } from "./describe.ts";
import { indexOf, sliceText, stringifyJson } from "./primordials.ts";

const firstLineOf = (text: string): string => {
  const end = indexOf(text, "\n");
  return end < 0 ? text : sliceText(text, 0, end);
};

/** `json` is undefined for a guest that returned nothing; `fault` is a sentence. */
export type Written = { json: string | undefined; fault?: undefined } | { fault: string };

/** Writes what a guest returned as JSON. Getters, proxies and `toJSON` of the guest's may run. */
export function writeJson(value: unknown): Written {
  const kind = typeof value;
  if (kind === "function" || kind === "symbol" || kind === "bigint") {
    return { fault: `The result is a ${kind}, which JSON cannot express.` };
  }
  try {
    return { json: stringifyJson(value) };
  } catch (reason) {
    return { fault: `The result cannot be written as JSON: ${firstLineOf(describeThrown(reason))}` };
  }
}
