import type { TrialRequest } from "./trial.ts";

export interface TrialAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: TrialBody;
  readonly bytes: number;
  /** From the click to the last byte. */
  readonly ms: number;
}

export type TrialBody =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "image"; readonly content: Blob }
  | { readonly kind: "bytes"; readonly content: Blob };

/** The function answered with a redirect, which a page cannot look into. */
export class RedirectAnswer extends Error {
  override readonly message =
    "The function answered with a redirect. Browsers follow those or hide them from pages: open the address itself, or call it with curl.";
}

/**
 * Makes the request. The token goes along where one is given and the request brings none: the orchestrator looks at it,
 * and takes it away before the function sees the request. Throws the signal's reason, a `RedirectAnswer`, or
 * what the browser says where no answer came.
 */
export async function runTrial(
  request: TrialRequest,
  token: string | undefined,
  signal: AbortSignal,
): Promise<TrialAnswer> {
  const { method, target, headers, body } = request;
  const begun = performance.now();
  const response = await fetch(target, {
    method,
    headers: headersOf(headers, token),
    ...(body !== undefined && { body }),
    credentials: "omit",
    redirect: "manual",
    cache: "no-store",
    signal,
  });
  if (response.type === "opaqueredirect") throw new RedirectAnswer();
  const content = await response.blob();
  const ms = performance.now() - begun;
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: await bodyOf(content, response.headers.get("content-type") ?? ""),
    bytes: content.size,
    ms,
  };
}

function headersOf(typed: TrialRequest["headers"], token: string | undefined): Headers {
  const headers = new Headers(token === undefined ? {} : { authorization: `Bearer ${token}` });
  const names = new Set(typed.map(([name]) => name.toLowerCase()));
  if (names.has("authorization")) headers.delete("authorization");
  for (const [name, value] of typed) headers.append(name, value);
  return headers;
}

async function bodyOf(content: Blob, type: string): Promise<TrialBody> {
  if (content.size === 0) return { kind: "none" };
  if (/^image\//.test(type)) return { kind: "image", content };
  const text = await textOf(content);
  return text === undefined ? { kind: "bytes", content } : { kind: "text", text };
}

/** Undefined for what is no UTF-8. */
async function textOf(content: Blob): Promise<string | undefined> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await content.arrayBuffer());
  } catch {
    return undefined;
  }
}
