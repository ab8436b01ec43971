import { z } from "zod";
import { boundedArray } from "./bounded-array.ts";
import { instantSchema } from "./instant.ts";
import { parsedJson } from "./json.ts";
import { limits } from "./limits.ts";
import { problemSchema } from "./problem.ts";

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

const operationSchema = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("get"), key }),
  z.strictObject({ op: z.literal("set"), key, value: parsedJson, ttl, if_version: version.optional() }),
  z.strictObject({ op: z.literal("delete"), key, if_version: version.optional() }),
  z.strictObject({ op: z.literal("increment"), key, by, ttl }),
  z.strictObject({ op: z.literal("check"), key, version }),
]);
export type KvOperation = z.input<typeof operationSchema>;

/** Body of `POST /api/db/{namespace}`: all of it happens, or nothing. */
export const kvBatchSchema = z.strictObject({
  ops: boundedArray(operationSchema, 1, limits.kvBatchOpsMax),
});
export type KvBatch = z.infer<typeof kvBatchSchema>;

/** A value with its key, as the API shows it. */
export const kvEntrySchema = z.object({
  key,
  value: parsedJson,
  exists: z.literal(true),
  version: z.number(),
  expires_at: instantSchema.optional(),
});
export type KvEntryView = z.infer<typeof kvEntrySchema>;

/** What a key without a value is answered with, beside the error. */
export const kvMissingSchema = problemSchema.extend({ key, exists: z.literal(false) });

/** What `PUT /api/db/{namespace}/{key}` answers. */
export const kvStoredSchema = z.object({ key, version: z.number(), exists: z.literal(true) });
export type KvStored = z.infer<typeof kvStoredSchema>;

/** What `GET /api/db/{namespace}/` answers; `cursor` is null at the end. */
export const kvListSchema = z.object({
  keys: z.array(key),
  count: z.number(),
  cursor: z.string().nullable(),
});
export type KvList = z.infer<typeof kvListSchema>;

/** What each operation of a batch came to. */
export const kvBatchResultSchema = z.union([
  kvEntrySchema.extend({ op: z.literal("get") }),
  z.object({ op: z.literal("get"), key, exists: z.literal(false) }),
  z.object({ op: z.literal("set"), key, version: z.number(), created: z.boolean() }),
  z.object({ op: z.literal("delete"), key, deleted: z.boolean() }),
  z.object({ op: z.literal("increment"), key, value: z.number(), version: z.number() }),
  z.object({ op: z.literal("check"), key }),
]);
export type KvBatchResultView = z.infer<typeof kvBatchResultSchema>;
export const kvBatchAnswerSchema = z.object({ results: z.array(kvBatchResultSchema) });

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
