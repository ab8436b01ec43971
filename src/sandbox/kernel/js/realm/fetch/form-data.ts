import { isObject } from "../primordials.ts";
import { type Blobs, blobBytes } from "./blob.ts";
import { nameClass } from "./name-class.ts";

export type FormFile = InstanceType<Blobs["File"]>;
export type FormEntry = [name: string, value: string | FormFile];

let read: ((value: object) => readonly FormEntry[] | undefined) | undefined;

/** The entries of a `FormData`; undefined for anything else. */
export const formEntries = (value: unknown): readonly FormEntry[] | undefined =>
  isObject(value) ? read?.(value) : undefined;

export function makeFormData({ File }: Blobs) {
  const entryOf = (name: unknown, value: unknown, filename: unknown): FormEntry => {
    const text = `${name}`;
    const bytes = blobBytes(value);
    if (!bytes) return [text, `${value}`];
    if (value instanceof File && filename === undefined) return [text, value];
    const given = value as { type?: string; name?: string };
    return [text, new File([bytes], filename ?? given.name ?? "blob", { type: given.type })];
  };

  class FormData {
    #entries: FormEntry[] = [];

    static {
      read = (value) => (#entries in value ? value.#entries : undefined);
    }

    append(name: unknown, value: unknown, filename?: unknown): void {
      this.#entries.push(entryOf(name, value, filename));
    }
    delete(name: unknown): void {
      const wanted = `${name}`;
      this.#entries = this.#entries.filter(([own]) => own !== wanted);
    }
    get(name: unknown): string | FormFile | null {
      const wanted = `${name}`;
      return this.#entries.find(([own]) => own === wanted)?.[1] ?? null;
    }
    getAll(name: unknown): (string | FormFile)[] {
      const wanted = `${name}`;
      return this.#entries.filter(([own]) => own === wanted).map(([, value]) => value);
    }
    has(name: unknown): boolean {
      return this.get(name) !== null;
    }
    set(name: unknown, value: unknown, filename?: unknown): void {
      const entry = entryOf(name, value, filename);
      const at = this.#entries.findIndex(([own]) => own === entry[0]);
      if (at < 0) {
        this.#entries.push(entry);
        return;
      }
      this.#entries = this.#entries.filter(([own], index) => own !== entry[0] || index === at);
      this.#entries[at] = entry;
    }
    forEach(callback: unknown, self?: unknown): void {
      if (typeof callback !== "function") throw new TypeError("FormData.forEach takes a function.");
      for (const [name, value] of this) Reflect.apply(callback, self, [value, name, this]);
    }
    entries(): IterableIterator<FormEntry> {
      return this.#entries.map(([name, value]): FormEntry => [name, value]).values();
    }
    keys(): IterableIterator<string> {
      return this.#entries.map(([name]) => name).values();
    }
    values(): IterableIterator<string | FormFile> {
      return this.#entries.map(([, value]) => value).values();
    }
    [Symbol.iterator](): IterableIterator<FormEntry> {
      return this.entries();
    }
  }
  nameClass("FormData", FormData);
  return FormData;
}

export type FormDataClass = ReturnType<typeof makeFormData>;
