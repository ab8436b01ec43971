import type { HostFunctions } from "../bridge.ts";
import { hostCall } from "./host-call.ts";
import { isObject, keys, parseJson, stringifyJson, TypeErrorOf, uncurry } from "./primordials.ts";
import { finishClass } from "./web-class.ts";

type Fields = Readonly<Record<string, unknown>>;

const contains = uncurry<readonly string[], [string], boolean>(Array.prototype.includes);

/** An answer as `protocol/host-calls.ts` has it. */
interface Answer {
  readonly ok: boolean;
  readonly value: Fields;
  readonly code: string;
  readonly error: string;
}

/** The global `db`: the key-value database of the namespace, in `protocol/kv.ts`'s terms. */
export function makeDatabase(host: HostFunctions): object {
  class DatabaseError extends Error {
    /** One of the codes of docs/ERRORS.md. */
    readonly code: string;
    constructor(message: string, code: string) {
      super(message);
      this.code = code;
    }
    override get name(): string {
      return "DatabaseError";
    }
  }

  /** Fields that are undefined do not travel, and null stands for absence. */
  const ask = (op: string, args: Fields): Fields => {
    const json = stringifyJson(args, (_, value: unknown) => (value === null ? undefined : value)) as string;
    const answer = parseJson(hostCall(() => host.ask(op, json))) as Answer;
    if (answer.ok) return answer.value;
    throw new DatabaseError(answer.error, answer.code);
  };

  class Database {
    get DatabaseError(): typeof DatabaseError {
      return DatabaseError;
    }
    /** @returns undefined when there is no value */
    get(key: unknown): unknown {
      return this.entry(key).value;
    }
    /** @returns the version 0 and no value when there is none */
    entry(key: unknown): { value: unknown; version: number } {
      const { value_json, version } = ask("db.get", { key: keyOf(key) });
      const value: unknown = typeof value_json === "string" ? parseJson(value_json) : undefined;
      return { value, version: version as number };
    }
    /** @returns the value's new version */
    set(key: unknown, value: unknown, options?: unknown): number {
      const { ttl, ifVersion } = optionsOf(options, "ttl", "ifVersion");
      const args = { key: keyOf(key), value_json: jsonOf(value), ttl, if_version: ifVersion };
      return ask("db.set", args).version as number;
    }
    /** @returns whether there was a value */
    delete(key: unknown, options?: unknown): boolean {
      const { ifVersion } = optionsOf(options, "ifVersion");
      return ask("db.delete", { key: keyOf(key), if_version: ifVersion }).deleted as boolean;
    }
    /** @returns the number after it */
    increment(key: unknown, by: unknown = 1, options?: unknown): number {
      const { ttl } = optionsOf(options, "ttl");
      return ask("db.increment", { key: keyOf(key), by, ttl }).value as number;
    }
    /** @returns keys in order, and a cursor for the page after them, or null */
    list(what?: unknown): { keys: string[]; cursor: string | null } {
      const options = typeof what === "string" ? { prefix: what } : what;
      const { prefix, limit, cursor } = optionsOf(options, "prefix", "limit", "cursor");
      const page = ask("db.list", { prefix, limit, cursor });
      return { keys: page.keys as string[], cursor: page.cursor as string | null };
    }
  }
  finishClass("DatabaseError", DatabaseError);
  return Object.freeze(new (finishClass("Database", Database))());
}

/** A misspelt option would silently do what nobody wants. */
function optionsOf(options: unknown, ...known: readonly string[]): Fields {
  if (options === undefined || options === null) return {};
  if (!isObject(options)) throw new TypeErrorOf("The options of a db function are an object.");
  const names = keys(options);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (!contains(known, name)) throw new TypeErrorOf(`There is no option ${name} here.`);
  }
  return options as Fields;
}

function keyOf(key: unknown): string {
  if (typeof key !== "string") throw new TypeErrorOf("A key of the database is a string.");
  return key;
}

function jsonOf(value: unknown): string {
  const json: unknown = stringifyJson(value);
  if (typeof json === "string") return json;
  throw new TypeErrorOf(`The database keeps values that JSON can express, and not a ${typeof value}.`);
}
