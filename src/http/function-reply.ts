import type { ServerResponse } from "node:http";
import type { FunctionAnswer } from "../functions/response.ts";
import { requestIdHeader } from "./request-id.ts";

/**
 * Headers that users may not set, because they speak for the connection or for the whole origin, which is also the API's.
 */
const withheld: ReadonlySet<string> = new Set([
  // Of the connection (RFC 9110, section 7.6.1), which is ours; so is the length.
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  // Of the origin: they would act on the API's other pages, or outlive the function.
  "accept-ch",
  "activate-storage-access",
  "alt-svc",
  "clear-site-data",
  "critical-ch",
  "expect-ct",
  "nel",
  "origin-agent-cluster",
  "public-key-pins",
  "report-to",
  "reporting-endpoints",
  "service-worker-allowed",
  "set-cookie",
  "set-cookie2",
  "set-login",
  "strict-transport-security",
  // A browser would ask its visitor for a password, and send it to every function from then on.
  "www-authenticate",
  // Set for all.
  "x-content-type-options",
  requestIdHeader,
  // Orders to a proxy before us, which would answer with files of its own.
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-expires",
  "x-accel-limit-rate",
  "x-accel-redirect",
  "x-lighttpd-send-file",
  "x-reproxy-url",
  "x-sendfile",
]);

/**
 * Pages that functions answer are written by users and served beside the API: a sandbox gives each an origin of its own,
 * from which it reaches nothing here as its visitor. A policy of the function's own comes beside ours; browsers hold to
 * both.
 */
const isolation = [
  "x-content-type-options",
  "nosniff",
  "content-security-policy",
  "sandbox allow-scripts allow-forms allow-popups",
] as const;

/** Where users' content has an origin of its own, these say nothing about ours; the others act on all who share it. */
const ownOrigin: ReadonlySet<string> = new Set([
  "origin-agent-cluster",
  "set-cookie",
  "x-content-type-options",
]);

export interface FunctionReplyOptions {
  readonly method: string;
  readonly requestId: string;
  /** It goes out on a host that is not the API's, so it need not be sandboxed. */
  readonly whole: boolean;
}

/** Sends what a function answered. */
export function sendFunctionAnswer(
  response: ServerResponse,
  { method, requestId, whole }: FunctionReplyOptions,
  answer: FunctionAnswer,
): void {
  const { status, headers, asciiHeaders, body, bodyBytes, type } = answer;
  const sent: string[] = [...(whole ? [] : isolation), requestIdHeader, requestId];
  let typed = false;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? "";
    if (withheld.has(name) && !(whole && ownOrigin.has(name))) continue;
    if (name === "content-type") typed = true;
    sent.push(name, headers[at + 1] ?? "");
  }
  // RFC 9110, sections 15.3.5 and 15.4.5: these have no body, nor headers that tell of one.
  if (status === 204 || status === 304) {
    response.writeHead(status, sent).end();
    return;
  }
  const hasBody = bodyBytes > 0 && status !== 205;
  if (hasBody && !typed) sent.push("content-type", type);
  sent.push("content-length", hasBody ? String(bodyBytes) : "0");
  response.writeHead(status, sent);
  if (!hasBody || method === "HEAD") response.end();
  // Node would write headers in the body's encoding when both go in one piece.
  else if (typeof body === "string" && !asciiHeaders) response.end(Buffer.from(body));
  else response.end(body);
}
