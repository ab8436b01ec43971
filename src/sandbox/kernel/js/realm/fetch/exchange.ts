import { bodyAccess } from "./body.ts";
import type { Headers } from "./headers.ts";
import type { FetchKit } from "./kit.ts";
import type { Texts } from "./text.ts";

/** As `protocol/functions.ts` has it, which brings a library of schemas with it. */
export interface FunctionRequest {
  readonly method: string;
  readonly path: string;
  readonly route: string;
  readonly query_all: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly is_base64: boolean;
}

export interface FunctionResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string;
  readonly is_base64: boolean;
}

/**
 * What to make a `Request` of. Its URL is as the function sees the world: its path begins where the function is
 * deployed, so that an app that routes from "/" does so anywhere. The path before it is told as proxies tell it.
 */
export function requestInit(given: FunctionRequest, kit: FetchKit, texts: Texts) {
  const { method, path, route, headers } = given;
  const pairs = Object.entries(given.query_all).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );
  const search = pairs.length === 0 ? "" : `?${texts.formatQuery(pairs)}`;
  const target = (route || "/") + search;
  const scheme = /^https\b/.test(headers["x-forwarded-proto"] ?? "") ? "https" : "http";
  const prefix = path.slice(0, path.length - route.length);
  const hasBody = given.body !== "" && method !== "GET" && method !== "HEAD";
  const body = given.is_base64 ? Uint8Array.fromBase64(given.body) : given.body;
  return {
    url: absolute(scheme, headers.host ?? "localhost", target, kit),
    init: {
      method,
      headers: { ...headers, "x-forwarded-prefix": prefix },
      body: hasBody ? body : undefined,
    },
  };
}

function absolute(scheme: string, host: string, target: string, { url }: FetchKit): string {
  try {
    return url(`${scheme}://${host}${target}`);
  } catch {
    // A client may send any Host.
    return url(`${scheme}://localhost${target}`);
  }
}

interface ResponseLike {
  readonly status: number;
  readonly headers: Headers;
}

export function answerOf(response: ResponseLike, texts: Texts): FunctionResponse | Promise<FunctionResponse> {
  const source = bodyAccess().take(response);
  const answer = (content: string | Uint8Array): FunctionResponse => {
    const { status } = response;
    const headers = record(response.headers);
    const text = typeof content === "string" ? content : texts.decodeExactly(content);
    if (text !== undefined) return { status, headers, body: text, is_base64: false };
    return { status, headers, body: (content as Uint8Array).toBase64(), is_base64: true };
  };
  return source instanceof Promise ? source.then(answer) : answer(source);
}

function record(headers: Headers): Record<string, string | string[]> {
  const named: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of headers) if (name !== "set-cookie") named[name] = value;
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) named["set-cookie"] = cookies;
  return named;
}
