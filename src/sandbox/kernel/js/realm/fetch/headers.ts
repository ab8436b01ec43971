import { isObject } from "../primordials.ts";
import { nameClass } from "./name-class.ts";

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What one header cannot carry. */
const forbidden = /[\0\r\n]|[^\0-\xff]/;

function nameOf(name: unknown): string {
  const text = `${name}`;
  if (!token.test(text)) throw new TypeError(`Invalid header name: ${JSON.stringify(text)}`);
  return text.toLowerCase();
}

function contentOf(name: string, value: unknown): string {
  const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (forbidden.test(text)) throw new TypeError(`Invalid value of the header ${name}`);
  return text;
}

/** Headers of a request or response. */
export class Headers {
  /** By lower-case name; only Set-Cookie is not joined. */
  readonly #values = new Map<string, string[]>();

  constructor(init?: unknown) {
    if (init === undefined || init === null) return;
    if (!isObject(init)) throw new TypeError("Headers are made of an object or a list of pairs.");
    if (#values in init) {
      for (const [name, values] of init.#values) this.#values.set(name, [...values]);
    } else if (Symbol.iterator in init) {
      for (const pair of init as Iterable<unknown>) {
        const items: unknown[] = isObject(pair) ? [...(pair as Iterable<unknown>)] : [];
        if (items.length !== 2) throw new TypeError("Each header must be a pair of name and value.");
        this.append(items[0], items[1]);
      }
    } else {
      for (const [name, value] of Object.entries(init)) this.append(name, value);
    }
  }
  append(name: unknown, value: unknown): void {
    const key = nameOf(name);
    const text = contentOf(key, value);
    const values = this.#values.get(key);
    if (values) values.push(text);
    else this.#values.set(key, [text]);
  }
  delete(name: unknown): void {
    this.#values.delete(nameOf(name));
  }
  get(name: unknown): string | null {
    return this.#values.get(nameOf(name))?.join(", ") ?? null;
  }
  getSetCookie(): string[] {
    return [...(this.#values.get("set-cookie") ?? [])];
  }
  has(name: unknown): boolean {
    return this.#values.has(nameOf(name));
  }
  set(name: unknown, value: unknown): void {
    const key = nameOf(name);
    this.#values.set(key, [contentOf(key, value)]);
  }
  forEach(callback: unknown, self?: unknown): void {
    if (typeof callback !== "function") throw new TypeError("Headers.forEach takes a function.");
    for (const [name, value] of this) Reflect.apply(callback, self, [value, name, this]);
  }
  #list(): [string, string][] {
    return [...this.#values.keys()].sort().flatMap((name): [string, string][] => {
      const values = this.#values.get(name) ?? [];
      return name === "set-cookie" ? values.map((value) => [name, value]) : [[name, values.join(", ")]];
    });
  }
  entries(): IterableIterator<[string, string]> {
    return this.#list().values();
  }
  keys(): IterableIterator<string> {
    return this.#list()
      .map(([name]) => name)
      .values();
  }
  values(): IterableIterator<string> {
    return this.#list()
      .map(([, value]) => value)
      .values();
  }
  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }
}
nameClass("Headers", Headers);
