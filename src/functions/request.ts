import { isUtf8 } from "node:buffer";
import { unescape as unescapeForm } from "node:querystring";
import type { TraceParent } from "../meters/tracer.ts";
import { refuse } from "../protocol/errors.ts";
import { functionLimits } from "../protocol/functions.ts";

/** A request to a function as it came over HTTP. */
export interface IncomingCall {
  readonly method: string;
  /** The URL's path as it was written. */
  readonly path: string;
  /** What follows the question mark. */
  readonly search: string;
  /** Names in lower case, as `node:http` gives them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Undefined when there is none. */
  readonly body: Buffer | undefined;
  /** Milliseconds, monotonic. */
  readonly arrivedAt: number;
  /** What the call's spans belong to; undefined where nothing is traced. */
  readonly trace?: TraceParent | undefined;
}

/**
 * Writes the `FunctionRequest` of a call as JSON text.
 * @param routeAt where in the call's path begins what follows the function's own
 */
export function functionRequestJson(call: IncomingCall, routeAt: number): string {
  const { method, path, search, headers, body } = call;
  return (
    `{"method":"${method}","path":${JSON.stringify(path)},"route":${JSON.stringify(path.slice(routeAt))},` +
    `${queryMembers(search)},"headers":${headersJson(headers)},${bodyMembers(body)}}`
  );
}

function queryMembers(search: string): string {
  if (search === "") return '"query":{},"query_all":{}';
  const found = new Map<string, string[]>();
  for (const pair of search.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = decoded(at === -1 ? pair : pair.slice(0, at));
    const value = at === -1 ? "" : decoded(pair.slice(at + 1));
    const values = found.get(name);
    if (values) values.push(value);
    else found.set(name, [value]);
  }
  const last: string[] = [];
  const all: string[] = [];
  for (const [name, values] of found) {
    const key = JSON.stringify(name);
    const texts = values.map((value) => JSON.stringify(value));
    last.push(`${key}:${texts.at(-1)}`);
    all.push(`${key}:[${texts.join(",")}]`);
  }
  return `"query":{${last.join(",")}},"query_all":{${all.join(",")}}`;
}

/** As forms encode; what is no percent-encoding of UTF-8 is left or replaced, never an error. */
function decoded(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return spaced.includes("%") ? unescapeForm(spaced) : spaced;
}

function headersJson(headers: IncomingCall["headers"]): string {
  const cookies = headers["set-cookie"];
  // It makes no sense in a request, but is the one that comes as a list.
  return JSON.stringify(cookies ? { ...headers, "set-cookie": [cookies].flat().join(", ") } : headers);
}

function bodyMembers(body: Buffer | undefined): string {
  if (!body || body.length === 0) return '"body":"","is_base64":false';
  if (!isUtf8(body)) return `"body":"${body.toString("base64")}","is_base64":true`;
  const text = body.toString("utf8");
  const json = JSON.stringify(text);
  // Escapes are ASCII, so what they add in characters they add in bytes.
  const bytes = body.length + json.length - text.length;
  if (bytes <= functionLimits.requestJsonBytesMax) return `"body":${json},"is_base64":false`;
  throw refuse(
    "payload_too_large",
    `The body takes ${bytes} bytes as JSON, and ${functionLimits.requestJsonBytesMax} are the most.`,
    { details: { json_bytes_max: functionLimits.requestJsonBytesMax } },
  );
}
