import type { HostFunctions } from "../bridge.ts";
import { hostCall } from "./host-call.ts";
import {
  apply,
  hasOwn,
  isArray,
  isObject,
  iterator,
  keys,
  parseJson,
  push,
  stringifyJson,
  TypeErrorOf,
  uncurry,
} from "./primordials.ts";
import { finishClass } from "./web-class.ts";

type Pair = readonly [name: string, value: string];
type OnChange = (query: string) => void;

/** What `URL` needs of an instance beside its public face; set by the class, which alone can reach its fields. */
interface Link {
  replace(params: object, query: string): void;
  watch(params: object, onChange: OnChange): void;
}

let link: Link | undefined;

export type UrlSearchParamsClass = ReturnType<typeof makeUrlSearchParams>;
export type UrlSearchParams = InstanceType<UrlSearchParamsClass>;

/** Makes the `searchParams` of a URL. */
export function makeLinked(Class: UrlSearchParamsClass, query: string, onChange: OnChange): UrlSearchParams {
  const params = new Class(query);
  link?.watch(params, onChange);
  return params;
}

/** The URL's query has changed. */
export function linkToUrl(params: UrlSearchParams, query: string): void {
  link?.replace(params, query);
}

export function makeUrlSearchParams(host: HostFunctions) {
  const parse = (text: string): Pair[] => {
    const flat = parseJson(hostCall(() => host.parseQuery(text))) as string[];
    const pairs: Pair[] = [];
    for (let at = 0; at + 1 < flat.length; at += 2) push(pairs, [flat[at], flat[at + 1]]);
    return pairs;
  };

  class URLSearchParams {
    #pairs: Pair[] = [];
    #onChange: OnChange | undefined;

    static {
      link = {
        replace: (params, query) => {
          if (#pairs in params) params.#pairs = parse(query);
        },
        watch: (params, onChange) => {
          if (#onChange in params) params.#onChange = onChange;
        },
      };
    }

    constructor(init: unknown = "") {
      this.#pairs = isObject(init) ? pairsOf(init) : parse(`${init}`);
    }
    #change(pairs: Pair[]): void {
      this.#pairs = pairs;
      this.#onChange?.(this.toString());
    }
    /** The pairs that a test lets through. */
    #without(name: string, value: string | undefined): Pair[] {
      const kept: Pair[] = [];
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        if (pair[0] !== name || (value !== undefined && pair[1] !== value)) push(kept, pair);
      }
      return kept;
    }
    get size(): number {
      return this.#pairs.length;
    }
    append(name: unknown, value: unknown): void {
      push(this.#pairs, [`${name}`, `${value}`]);
      this.#change(this.#pairs);
    }
    delete(name: unknown, value?: unknown): void {
      this.#change(this.#without(`${name}`, value === undefined ? undefined : `${value}`));
    }
    get(name: unknown): string | null {
      const wanted = `${name}`;
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        if (pair[0] === wanted) return pair[1];
      }
      return null;
    }
    getAll(name: unknown): string[] {
      const wanted = `${name}`;
      const values: string[] = [];
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        if (pair[0] === wanted) push(values, pair[1]);
      }
      return values;
    }
    has(name: unknown, value?: unknown): boolean {
      const kept = this.#without(`${name}`, value === undefined ? undefined : `${value}`);
      return kept.length < this.#pairs.length;
    }
    set(name: unknown, value: unknown): void {
      const wanted = `${name}`;
      const pairs: Pair[] = [];
      let done = false;
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        if (pair[0] !== wanted) push(pairs, pair);
        else if (!done) push(pairs, [wanted, `${value}`]);
        done ||= pair[0] === wanted;
      }
      if (!done) push(pairs, [wanted, `${value}`]);
      this.#change(pairs);
    }
    sort(): void {
      // By UTF-16 units, keeping the order of equals; an insertion sort is enough for queries.
      const pairs: Pair[] = [];
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        push(pairs, pair);
        let at = pairs.length - 1;
        for (; at > 0 && (pairs[at - 1] as Pair)[0] > pair[0]; at--) pairs[at] = pairs[at - 1] as Pair;
        pairs[at] = pair;
      }
      this.#change(pairs);
    }
    forEach(callback: unknown, self?: unknown): void {
      if (typeof callback !== "function") throw new TypeErrorOf("URLSearchParams.forEach takes a function.");
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        apply(callback, self, [pair[1], pair[0], this]);
      }
    }
    entries(): IterableIterator<[string, string]> {
      const list: [string, string][] = [];
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        push(list, [pair[0], pair[1]]);
      }
      return iterate(list);
    }
    keys(): IterableIterator<string> {
      return iterate(this.#column(0));
    }
    values(): IterableIterator<string> {
      return iterate(this.#column(1));
    }
    #column(at: 0 | 1): string[] {
      const list: string[] = [];
      for (let index = 0; index < this.#pairs.length; index++) push(list, (this.#pairs[index] as Pair)[at]);
      return list;
    }
    [Symbol.iterator](): IterableIterator<[string, string]> {
      return this.entries();
    }
    toString(): string {
      const flat: string[] = [];
      for (let index = 0; index < this.#pairs.length; index++) {
        const pair = this.#pairs[index] as Pair;
        push(flat, pair[0]);
        push(flat, pair[1]);
      }
      const json = stringifyJson(flat);
      return hostCall(() => host.formatQuery(json));
    }
  }
  return finishClass("URLSearchParams", URLSearchParams);
}

const arrayValues = uncurry<readonly unknown[], [], unknown>(Array.prototype.values);

/** No generators here: each has an object of its own, on which a guest could leave something. */
const iterate = <Item>(list: readonly Item[]) => arrayValues(list) as IterableIterator<Item>;

/** From an iterable of pairs, or a record. */
function pairsOf(init: object): Pair[] {
  const pairs: Pair[] = [];
  if (iterator in init) {
    for (const item of init as Iterable<unknown>) {
      const list: unknown = isArray(item)
        ? item
        : isObject(item)
          ? [...(item as Iterable<unknown>)]
          : undefined;
      if (!isArray(list) || list.length !== 2) throw new TypeErrorOf("Each pair must be a name and a value.");
      push(pairs, [`${list[0]}`, `${list[1]}`]);
    }
    return pairs;
  }
  const names = keys(init);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (hasOwn(init, name)) push(pairs, [name, `${(init as Record<string, unknown>)[name]}`]);
  }
  return pairs;
}
