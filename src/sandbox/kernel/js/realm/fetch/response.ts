import { isObject } from "../primordials.ts";
import { type BodyClass, bodyAccess } from "./body.ts";
import { Headers } from "./headers.ts";
import type { FetchKit } from "./kit.ts";
import { nameClass } from "./name-class.ts";

const nullBodyStatuses: readonly number[] = [101, 204, 205, 304];
const redirectStatuses: readonly number[] = [301, 302, 303, 307, 308];

/** As WebIDL makes an `unsigned short` of a value. */
const statusOf = (value: unknown): number => {
  const status = Math.trunc(Number(value));
  if (status >= 200 && status <= 599) return status;
  throw new RangeError(`A response's status is a number from 200 to 599, and not ${String(value)}.`);
};

interface ResponseFields {
  readonly type?: string;
  readonly status?: number;
  readonly shared?: object;
}

export function makeResponse(Body: BodyClass, { url }: FetchKit) {
  /** Marks what only the class itself may give to its constructor. */
  const own = new WeakSet<object>();

  class Response extends Body {
    readonly #headers: Headers;
    readonly #status: number;
    readonly #statusText: string;
    readonly #type: string;

    constructor(body?: unknown, init?: unknown, fields?: ResponseFields) {
      const inner: ResponseFields = fields && own.has(fields) ? fields : {};
      super(body, inner.shared && bodyAccess().share(inner.shared));
      const { status, statusText, headers } = (isObject(init) ? init : {}) as Record<string, unknown>;
      this.#status = inner.status ?? statusOf(status ?? 200);
      this.#statusText = statusText === undefined ? "" : `${statusText}`;
      this.#type = inner.type ?? "default";
      this.#headers = new Headers(headers);
      if (body !== undefined && body !== null && nullBodyStatuses.includes(this.#status)) {
        throw new TypeError(`A response of the status ${this.#status} has no body.`);
      }
      const type = bodyAccess().contentType(this);
      if (type !== undefined && !this.#headers.has("content-type")) this.#headers.set("content-type", type);
    }
    static error(): Response {
      return Response.#make(null, {}, { type: "error", status: 0 });
    }
    static json(data: unknown, init?: unknown): Response {
      const text: unknown = JSON.stringify(data);
      if (typeof text !== "string") throw new TypeError("The value cannot be written as JSON.");
      const response = new Response(text, init);
      const given = isObject(init) ? new Headers((init as { headers?: unknown }).headers) : undefined;
      if (!given?.has("content-type")) response.headers.set("content-type", "application/json");
      return response;
    }
    /** A target that is a path stays one: a function does not know the address that it is called at. */
    static redirect(target: unknown, status: unknown = 302): Response {
      const text = `${target}`;
      const number = Number(status);
      if (!redirectStatuses.includes(number))
        throw new RangeError(`No redirection has the status ${number}.`);
      const location = text.startsWith("/") ? text : url(text);
      return new Response(null, { status: number, headers: { location } });
    }
    static #make(body: unknown, init: unknown, fields: ResponseFields): Response {
      own.add(fields);
      return new Response(body, init, fields);
    }
    static isResponse(value: unknown): value is Response {
      return isObject(value) && #status in value;
    }
    get headers(): Headers {
      return this.#headers;
    }
    get status(): number {
      return this.#status;
    }
    get statusText(): string {
      return this.#statusText;
    }
    get ok(): boolean {
      return this.#status >= 200 && this.#status < 300;
    }
    get type(): string {
      return this.#type;
    }
    get url(): string {
      return "";
    }
    get redirected(): boolean {
      return false;
    }
    clone(): Response {
      const init = { statusText: this.#statusText, headers: this.#headers };
      return Response.#make(null, init, { type: this.#type, status: this.#status, shared: this });
    }
  }
  nameClass("Response", Response);
  const { isResponse } = Response;
  // Not of the standard.
  Reflect.deleteProperty(Response, "isResponse");
  return { Response, isResponse };
}
