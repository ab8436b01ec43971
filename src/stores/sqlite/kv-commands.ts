import type {
  KvCheck,
  KvCommand,
  KvCondition,
  KvDelete,
  KvDeleteResult,
  KvEntry,
  KvIncrement,
  KvIncrementResult,
  KvResult,
  KvSet,
  KvSetResult,
} from "../../namespaces/kv-store.ts";
import { type HttpErrorCode, refuse } from "../../protocol/errors.ts";
import { limits } from "../../protocol/limits.ts";
import type { AppError } from "../../stdx/errors.ts";
import { jsonTextOf } from "../../stdx/json-text.ts";
import type { KvEntries } from "./kv-entries.ts";

/**
 * A refusal that changed nothing. It is returned rather than thrown: a throw makes the commit group repeat all that
 * shares its transaction, and refusals are the daily bread of optimistic writers.
 */
export type Refusal = AppError<HttpErrorCode>;

/** What commands need of a database. */
export type KvTable = Pick<KvEntries, "version" | "entry" | "put" | "remove" | "hasRoomFor" | "bytesMax">;

/** A namespace that was never written to. Only commands that write nothing to it may be run on it. */
export const missingTable: KvTable = {
  version: () => 0,
  entry: () => undefined,
  put() {
    throw new Error("A namespace without a database was written to.");
  },
  remove: () => false,
  hasRoomFor: () => true,
  bytesMax: Number.POSITIVE_INFINITY,
};

/** Whether a command can make an entry, and so needs a database. */
export function makesEntries(command: KvCommand): boolean {
  return command.op === "set" || command.op === "increment";
}

function runCommand(table: KvTable, command: KvCommand, now: number): KvResult | Refusal {
  switch (command.op) {
    case "get":
      return { op: "get", entry: table.entry(command.key, now) };
    case "check":
      return runCheck(table, command, now) ?? { op: "check" };
    case "set":
      return runSet(table, command, now);
    case "delete":
      return runDelete(table, command, now);
    case "increment":
      return runIncrement(table, command, now);
  }
}

function runCheck(table: KvTable, { key, condition }: KvCheck, now: number): Refusal | undefined {
  return mismatch(key, condition, table.version(key, now));
}

export function runSet(table: KvTable, command: KvSet, now: number): KvSetResult | Refusal {
  const { key, valueJson, expiresAt, condition } = command;
  const present = table.version(key, now);
  const refusal = mismatch(key, condition, present);
  if (refusal) return refusal;
  if (!table.hasRoomFor(valueJson.length)) return full(table);
  return { op: "set", version: table.put(key, valueJson, expiresAt), created: present === 0 };
}

export function runDelete(table: KvTable, command: KvDelete, now: number): KvDeleteResult | Refusal {
  const { key, condition } = command;
  const refusal = condition === undefined ? undefined : mismatch(key, condition, table.version(key, now));
  return refusal ?? { op: "delete", deleted: table.remove(key, now) };
}

export function runIncrement(table: KvTable, command: KvIncrement, now: number): KvIncrementResult | Refusal {
  const { key, by } = command;
  const entry = table.entry(key, now);
  const before = entry ? countOf(entry) : 0;
  if (before === undefined) {
    return refuse("not_a_counter", `The value of ${JSON.stringify(key)} is not a whole number.`);
  }
  const value = before + by;
  if (!Number.isSafeInteger(value)) {
    return refuse("not_a_counter", `The sum for ${JSON.stringify(key)} would be too large to be exact.`);
  }
  if (!entry && !table.hasRoomFor(countCharsMax)) return full(table);
  const expiresAt = entry ? entry.expiresAt : command.expiresAt;
  return { op: "increment", value, version: table.put(key, jsonTextOf(value), expiresAt) };
}

function full({ bytesMax }: KvTable): Refusal {
  return refuse(
    "quota_exceeded",
    `The database may have ${bytesMax} bytes, and has no room for this value.`,
    {
      details: { what: "database_bytes", limit: bytesMax },
    },
  );
}

/** No exact whole number is written with more characters than this, unless someone pads it with zeros. */
const countCharsMax = 64;

function countOf({ valueJson }: KvEntry): number | undefined {
  if (valueJson.length > countCharsMax) return undefined;
  const value: unknown = JSON.parse(valueJson);
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

function mismatch(key: string, wanted: KvCondition | undefined, present: number): Refusal | undefined {
  if (wanted === undefined || wanted === present || (wanted === "any" && present !== 0)) return undefined;
  const has = present === 0 ? "has no value" : `has version ${present}`;
  const not = wanted === "any" ? "" : wanted === 0 ? ", and should have none" : `, not ${wanted}`;
  return refuse("version_mismatch", `The key ${JSON.stringify(key)} ${has}${not}.`, {
    details: { key, version: present },
  });
}

/** Runs commands in turn until one is refused; the refusal then tells which. */
export function runCommands(
  table: KvTable,
  commands: readonly KvCommand[],
  now: number,
): readonly KvResult[] | Refusal {
  const results: KvResult[] = [];
  let answerLength = 0;
  for (const [index, command] of commands.entries()) {
    const result = runCommand(table, command, now);
    if (result instanceof Error) {
      return refuse(result.code, result.message, { details: { ...result.details, index } });
    }
    if (result.op === "get") answerLength += result.entry?.valueJson.length ?? 0;
    if (answerLength > limits.kvBatchAnswerMax) return answerTooLarge(index);
    results.push(result);
  }
  return results;
}

function answerTooLarge(index: number): Refusal {
  return refuse(
    "payload_too_large",
    `The values that the batch gets are larger than ${limits.kvBatchAnswerMax} characters of JSON together.`,
    { details: { limit: limits.kvBatchAnswerMax, index } },
  );
}
