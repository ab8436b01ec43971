import { isUtf8 } from "node:buffer";
import { parse } from "node:querystring";
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
  // No limit on their number: the URL has one.
  const parsed = parse(search, "&", "=", { maxKeys: 0 });
  const last: Record<string, string> = Object.create(null);
  const all: Record<string, string[]> = Object.create(null);
  for (const [name, value] of Object.entries(parsed)) {
    const values = Array.isArray(value) ? value : [value ?? ""];
    all[name] = values;
    last[name] = values.at(-1) ?? "";
  }
  return `"query":${JSON.stringify(last)},"query_all":${JSON.stringify(all)}`;
}

function headersJson(headers: IncomingCall["headers"]): string {
  // Set-Cookie makes no sense in a request, but is the one that comes as a list.
  if (headers["set-cookie"] === undefined) return JSON.stringify(headers);
  const entries = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
  return JSON.stringify(Object.fromEntries(entries));
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
