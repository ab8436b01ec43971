import { isUtf8 } from "node:buffer";
import { refuse } from "../protocol/errors.ts";
import { jsonDepthMax } from "../stdx/bounded-json.ts";
import { jsonFaultAt } from "../stdx/json-fault.ts";
import { type JsonText, parseJsonText } from "../stdx/json-text.ts";
import type { HttpApp } from "./zod-provider.ts";

/** A request's body as its sender wrote it, and what that says. */
export interface JsonBody {
  readonly text: JsonText;
  readonly value: unknown;
}

/** Makes an app take bodies that are JSON, said or unsaid; any other type is refused with the header that is right. */
export function takeJson(app: HttpApp, read: (bytes: Buffer) => unknown = parseJsonBody): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, body: Buffer, done) => {
    // Some clients announce a body for a DELETE and send none.
    if (body.length === 0 && request.method === "DELETE") {
      done(null, undefined);
      return;
    }
    try {
      const type = request.headers["content-type"];
      if (type !== undefined && !/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
        throw refuse(
          "unsupported_media_type",
          `The Content-Type is ${type.slice(0, 100)}; send JSON with the header "Content-Type: application/json".`,
        );
      }
      if (request.headers["content-encoding"] !== undefined) {
        throw refuse(
          "unsupported_media_type",
          "The body must not be compressed: send it without Content-Encoding.",
        );
      }
      done(null, read(body));
    } catch (error) {
      done(error instanceof Error ? error : new TypeError("not an error"));
    }
  });
}

/** Reads a request's body as JSON. Refuses with a sentence that says where it goes wrong. */
function parseJsonBody(bytes: Buffer): unknown {
  return readJsonBody(bytes).value;
}

/** The same, for those who keep parts of the text. */
export function readJsonBody(bytes: Buffer): JsonBody {
  if (bytes.length === 0) throw refuse("invalid_json", "The body is empty; send JSON.");
  if (!isUtf8(bytes)) throw refuse("invalid_json", "The body is not UTF-8 text.");
  // Windows programs like to put a byte order mark before the text.
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const text = bytes.toString("utf8", marked ? 3 : 0);
  try {
    return parseJsonText(text);
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
