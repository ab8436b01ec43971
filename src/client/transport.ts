import { delayMsBefore, type Pace, retryAfterSecondsMax, systemPace } from "./backoff.ts";
import { errorOf, isBeforehand, mayPass, ZerverlessError } from "./error.ts";

export interface ClientOptions {
  /** The orchestrator's address, such as `http://127.0.0.1:8000`. */
  readonly url: string | URL;
  /** Sent as a bearer token; a function is asked before each request, so that a token can be renewed. */
  readonly token?: string | (() => string | undefined) | undefined;
  /** How often a request is repeated that may be, 3 times unless told otherwise; 0 for never. */
  readonly retries?: number | undefined;
  /** Instead of the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** What every method takes as its last argument. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A query as its schema reads it, with everything left out that may be. */
export type Asked<Query> = { readonly [Name in keyof Query]?: Query[Name] | undefined };

export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Sending extends CallOptions {
  readonly query?: QueryValues | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: RequestBody | undefined;
  /** Whether doing it twice is doing it once; by the method unless said. */
  readonly repeatable?: boolean | undefined;
  /** Statuses that are answers too, and no errors. */
  readonly alsoFine?: readonly number[] | undefined;
}

/** What `fetch` takes as a body. */
export type RequestBody = NonNullable<RequestInit["body"]>;

const retriesDefault = 3;
const repeatableMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "DELETE"]);
/** Speaks HTTP to one orchestrator, and repeats what may be repeated. */
export class Transport {
  readonly url: URL;
  readonly #token: ClientOptions["token"];
  readonly #retries: number;
  readonly #fetch: typeof globalThis.fetch;
  readonly pace: Pace;

  constructor({ url, token, retries, fetch }: ClientOptions, pace: Pace = systemPace) {
    this.url = new URL(url);
    this.#token = token;
    this.#retries = retries ?? retriesDefault;
    // Browsers insist that it is called on the global object.
    this.#fetch = fetch ?? ((...parts) => globalThis.fetch(...parts));
    this.pace = pace;
  }

  /** The address of a path on the orchestrator. @param path begins with a slash, and is percent-encoded */
  urlOf(path: string, query: QueryValues = {}): URL {
    const url = new URL(this.url);
    url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  authorization(): Record<string, string> {
    const token = typeof this.#token === "function" ? this.#token() : this.#token;
    return token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` };
  }

  async json<Answer>(method: string, path: string, sending: Sending = {}): Promise<Answer> {
    const response = await this.send(method, path, sending);
    return readJson<Answer>(response, sending.signal);
  }

  /** The answer, once it is one. Throws a `ZerverlessError`, or the signal's reason. */
  async send(method: string, path: string, sending: Sending = {}): Promise<Response> {
    const { signal, alsoFine = [], repeatable = repeatableMethods.has(method) } = sending;
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try(method, path, sending);
      if (outcome instanceof Response && (outcome.ok || alsoFine.includes(outcome.status))) return outcome;
      const error = outcome instanceof Response ? await errorOf(outcome) : outcome;
      signal?.throwIfAborted();
      const mayRepeat = isBeforehand(error) || (repeatable && mayPass(error));
      const waitsTooLong = (error.retryAfter ?? 0) > retryAfterSecondsMax;
      if (!mayRepeat || waitsTooLong || tries > this.#retries || isSpent(sending.body)) throw error;
      await this.pace.sleep(delayMsBefore(tries, error.retryAfter, this.pace.random()), signal);
    }
  }

  /**
   * The answer to one request, whatever its status. Throws only when none comes. What answers may be a stranger's: with a
   * token no redirect is followed, or it would name what is done in the token's name.
   */
  async once(method: string, path: string, sending: Sending = {}): Promise<Response> {
    const redirect = this.authorization().authorization === undefined ? "follow" : "manual";
    const outcome = await this.#try(method, path, sending, redirect);
    if (outcome instanceof Response) return outcome;
    throw outcome;
  }

  async #try(
    method: string,
    path: string,
    sending: Sending,
    redirect: "follow" | "manual" = "follow",
  ): Promise<Response | ZerverlessError> {
    const { signal, query, headers, json, body } = sending;
    signal?.throwIfAborted();
    const payload = json === undefined ? body : JSON.stringify(json);
    const init: RequestInit = {
      method,
      redirect,
      headers: {
        ...(json === undefined ? {} : { "content-type": "application/json" }),
        ...this.authorization(),
        ...headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      ...(signal === undefined ? {} : { signal }),
      // A body that is read as it goes can only be sent so.
      ...(payload instanceof ReadableStream ? { duplex: "half" } : {}),
    };
    try {
      return await this.#fetch(this.urlOf(path, query), init);
    } catch (cause) {
      signal?.throwIfAborted();
      const sentence = `No orchestrator answers at ${this.url.origin}.`;
      return new ZerverlessError("unreachable", sentence, { status: 0, cause });
    }
  }
}

/** An answer's JSON, taken at its word: client and orchestrator share one protocol. */
export async function readJson<Answer>(response: Response, signal?: AbortSignal): Promise<Answer> {
  try {
    return (await response.json()) as Answer;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ZerverlessError("bad_answer", "The answer is not JSON.", { status: response.status, cause });
  }
}

/** A stream can be sent once. */
function isSpent(body: RequestBody | undefined): boolean {
  return body instanceof ReadableStream;
}

/**
 * A path's segments, each encoded: slashes between them stay. Refuses what a URL would take for steps up the path, so that
 * no name leads elsewhere than below its namespace.
 */
export function encodePath(path: string): string {
  const segments = path.split("/");
  if (segments.includes(".") || segments.includes("..")) {
    const sentence = "A path must have no segment that is . or ..";
    throw new ZerverlessError("invalid_path", sentence, { status: 0 });
  }
  return segments.map(encodeURIComponent).join("/");
}
