import { z } from "zod";
import { boundedArray } from "./bounded-array.ts";
import { parsedJson } from "./json.ts";
import { limits } from "./limits.ts";

const key = z.string();
/** Seconds until a value is gone; fractions are allowed. */
const ttl = z.number().positive().max(limits.kvTtlSecondsMax).optional();
/** The version that a value must have now; 0 stands for no value at all. */
const version = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const by = z.int().min(-Number.MAX_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).default(1);

const page = {
  prefix: z.string().default(""),
  cursor: z.string().optional(),
};

/** Body of `PUT /api/db/{namespace}/{key}`. The value is taken from the body's text, so that it stays as written. */
export const kvPutSchema = z.strictObject({ value: parsedJson, ttl });

/** Query of `GET /api/db/{namespace}/`. */
export const kvListQuerySchema = z.strictObject({
  ...page,
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
});

/** Body of `POST /api/db/{namespace}`: all of it happens, or nothing. */
export const kvBatchSchema = z.strictObject({
  ops: boundedArray(
    z.discriminatedUnion("op", [
      z.strictObject({ op: z.literal("get"), key }),
      z.strictObject({ op: z.literal("set"), key, value: parsedJson, ttl, if_version: version.optional() }),
      z.strictObject({ op: z.literal("delete"), key, if_version: version.optional() }),
      z.strictObject({ op: z.literal("increment"), key, by, ttl }),
      z.strictObject({ op: z.literal("check"), key, version }),
    ]),
    1,
    limits.kvBatchOpsMax,
  ),
});
export type KvBatch = z.infer<typeof kvBatchSchema>;

/**
 * What a guest may ask of its namespace's database, with the arguments of each. Values travel as JSON text: the guest
 * made it from its own values, and nobody between has to parse it.
 */
export const kvCallSchemas = {
  get: z.strictObject({ key }),
  set: z.strictObject({ key, value_json: z.string(), ttl, if_version: version.optional() }),
  delete: z.strictObject({ key, if_version: version.optional() }),
  increment: z.strictObject({ key, by, ttl }),
  list: z.strictObject({
    ...page,
    limit: z.int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  }),
} as const;
export type KvCallOp = keyof typeof kvCallSchemas;

/** Answers to a guest's calls, by operation. */
export interface KvCallResults {
  /** `value_json` is null when there is no value; `version` is then 0. */
  get: { value_json: string | null; version: number };
  set: { version: number };
  delete: { deleted: boolean };
  increment: { value: number; version: number };
  list: { keys: readonly string[]; cursor: string | null };
}
