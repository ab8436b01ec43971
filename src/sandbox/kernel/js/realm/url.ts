import { type HostFunctions, urlParts } from "../bridge.ts";
import { hostCall } from "./host-call.ts";
import { StringOf, splitText, TypeErrorOf } from "./primordials.ts";
import type { UrlSearchParams, UrlSearchParamsClass } from "./url-search-params.ts";
import { linkToUrl, makeLinked } from "./url-search-params.ts";
import { finishClass } from "./web-class.ts";

type Part = (typeof urlParts)[number];

/** `URL`. The host parses; each instance keeps the parts. */
export function makeUrl(host: HostFunctions, SearchParams: UrlSearchParamsClass) {
  const partsOf = (joined: string): Record<Part, string> => {
    const values = splitText(joined, "\n");
    const parts = {} as Record<Part, string>;
    for (let index = 0; index < urlParts.length; index++)
      parts[urlParts[index] as Part] = values[index] ?? "";
    return parts;
  };
  const parse = (url: unknown, base: unknown): Record<Part, string> | undefined => {
    const text = `${url}`;
    const baseText = base === undefined ? undefined : `${base}`;
    const joined = hostCall(() => host.parseUrl(text, baseText));
    return joined === undefined ? undefined : partsOf(joined);
  };

  class URL {
    #parts: Record<Part, string>;
    #query: UrlSearchParams | undefined;

    constructor(url: unknown, base?: unknown) {
      const parts = parse(url, base);
      if (!parts) throw new TypeErrorOf(`Invalid URL: '${StringOf(url)}'`);
      this.#parts = parts;
    }
    static canParse(url: unknown, base?: unknown): boolean {
      return parse(url, base) !== undefined;
    }
    static parse(url: unknown, base?: unknown): URL | null {
      return parse(url, base) ? new URL(url, base) : null;
    }
    #set(part: Part, value: unknown): void {
      const text = `${value}`;
      const { href } = this.#parts;
      this.#parts = partsOf(hostCall(() => host.setUrlPart(href, part, text)));
      if (this.#query) linkToUrl(this.#query, this.#parts.search);
    }
    get href(): string {
      return this.#parts.href;
    }
    set href(value: unknown) {
      const parts = parse(value, undefined);
      if (!parts) throw new TypeErrorOf(`Invalid URL: '${StringOf(value)}'`);
      this.#parts = parts;
      if (this.#query) linkToUrl(this.#query, parts.search);
    }
    get origin(): string {
      return this.#parts.origin;
    }
    get protocol(): string {
      return this.#parts.protocol;
    }
    set protocol(value: unknown) {
      this.#set("protocol", value);
    }
    get username(): string {
      return this.#parts.username;
    }
    set username(value: unknown) {
      this.#set("username", value);
    }
    get password(): string {
      return this.#parts.password;
    }
    set password(value: unknown) {
      this.#set("password", value);
    }
    get host(): string {
      return this.#parts.host;
    }
    set host(value: unknown) {
      this.#set("host", value);
    }
    get hostname(): string {
      return this.#parts.hostname;
    }
    set hostname(value: unknown) {
      this.#set("hostname", value);
    }
    get port(): string {
      return this.#parts.port;
    }
    set port(value: unknown) {
      this.#set("port", value);
    }
    get pathname(): string {
      return this.#parts.pathname;
    }
    set pathname(value: unknown) {
      this.#set("pathname", value);
    }
    get search(): string {
      return this.#parts.search;
    }
    set search(value: unknown) {
      this.#set("search", value);
    }
    get hash(): string {
      return this.#parts.hash;
    }
    set hash(value: unknown) {
      this.#set("hash", value);
    }
    get searchParams(): UrlSearchParams {
      this.#query ??= makeLinked(SearchParams, this.#parts.search, (query) => {
        const { href } = this.#parts;
        this.#parts = partsOf(hostCall(() => host.setUrlPart(href, "search", query)));
      });
      return this.#query;
    }
    toString(): string {
      return this.#parts.href;
    }
    toJSON(): string {
      return this.#parts.href;
    }
  }
  return finishClass("URL", URL);
}
