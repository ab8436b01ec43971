import { isUtf8 } from "node:buffer";
import { refuse } from "../protocol/errors.ts";
import { jsonDepthMax, parseBoundedJson } from "../stdx/bounded-json.ts";
import { jsonFaultAt } from "../stdx/json-fault.ts";

/** Reads a request's body as JSON. Refuses with a sentence that says where it goes wrong. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) throw refuse("invalid_json", "The body is empty; send JSON.");
  if (!isUtf8(bytes)) throw refuse("invalid_json", "The body is not UTF-8 text.");
  // Windows programs like to put a byte order mark before the text.
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = bytes.toString("utf8", marked ? 3 : 0);
  try {
    return parseBoundedJson<unknown>(text);
  } catch (error) {
    if (error instanceof RangeError) {
      throw refuse("invalid_json", `The JSON nests deeper than ${jsonDepthMax} levels.`, { cause: error });
    }
    throw refuse("invalid_json", `The body is not JSON: ${faultOf(text)}.`, { cause: error });
  }
}

function faultOf(text: string): string {
  const at = jsonFaultAt(text) ?? 0;
  if (at === text.length) return "it ends too early";
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const char = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
  return `unexpected ${char} at line ${line}, column ${at - before.lastIndexOf("\n")}`;
}
