import { isObject } from "../primordials.ts";
import { type BodyClass, bodyAccess } from "./body.ts";
import { Headers } from "./headers.ts";
import type { FetchKit } from "./kit.ts";
import { nameClass } from "./name-class.ts";

const standardMethod = /^(?:delete|get|head|options|post|put)$/i;
const forbiddenMethod = /^(?:connect|trace|track)$/i;

function methodOf(method: unknown): string {
  const text = `${method}`;
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text) || forbiddenMethod.test(text)) {
    throw new TypeError(`${JSON.stringify(text)} is no method that a request can have.`);
  }
  return standardMethod.test(text) ? text.toUpperCase() : text;
}

/** What a request says of itself that means something to a browser's fetch alone. */
const settings = {
  cache: "default",
  credentials: "same-origin",
  destination: "",
  duplex: "half",
  integrity: "",
  keepalive: false,
  mode: "cors",
  redirect: "follow",
  referrer: "about:client",
  referrerPolicy: "",
} as const;

export function makeRequest(Body: BodyClass, { url, neverAborted }: FetchKit) {
  class Request extends Body {
    readonly #url: string;
    readonly #method: string;
    readonly #headers: Headers;
    readonly #settings: Readonly<Record<string, unknown>>;
    #signal: unknown;

    constructor(input: unknown, init?: unknown) {
      const from = isObject(input) && #method in input ? input : undefined;
      const options = (isObject(init) ? init : {}) as Record<string, unknown>;
      const { body } = options;
      const isNewBody = body !== undefined && body !== null;
      super(body, isNewBody || !from ? undefined : Request.#contentOf(from));
      this.#url = from ? from.#url : url(`${input}`);
      const method = from ? from.#method : "GET";
      this.#method = options.method === undefined ? method : methodOf(options.method);
      if (isNewBody && /^(?:GET|HEAD)$/.test(this.#method)) {
        throw new TypeError("A request with the method GET or HEAD has no body.");
      }
      this.#headers = new Headers(options.headers ?? (from ? from.#headers : undefined));
      const type = bodyAccess().contentType(this);
      if (type !== undefined && !this.#headers.has("content-type")) this.#headers.set("content-type", type);
      this.#signal = options.signal ?? (from ? from.#signal : undefined);
      const named: Record<string, unknown> = { ...settings, ...(from ? from.#settings : {}) };
      for (const name of Object.keys(settings)) {
        if (options[name] !== undefined) named[name] = options[name];
      }
      this.#settings = named;
    }
    /** The new request takes the body over, as the standard has it. */
    static #contentOf(from: Request) {
      if (from.bodyUsed) throw new TypeError("The request's body was read already.");
      return bodyAccess().share(from);
    }
    get url(): string {
      return this.#url;
    }
    get method(): string {
      return this.#method;
    }
    get headers(): Headers {
      return this.#headers;
    }
    get signal(): unknown {
      this.#signal ??= neverAborted();
      return this.#signal;
    }
    clone(): Request {
      return new Request(this);
    }
    /** Called by the accessors that are defined below. */
    static setting(request: object, name: string): unknown {
      return #settings in request ? request.#settings[name] : undefined;
    }
  }
  const { setting } = Request;
  Reflect.deleteProperty(Request, "setting");
  for (const name of Object.keys(settings)) {
    Object.defineProperty(Request.prototype, name, {
      get(this: object) {
        return setting(this, name);
      },
      enumerable: true,
      configurable: true,
    });
  }
  nameClass("Request", Request);
  return Request;
}
