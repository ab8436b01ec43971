/*
 * What guest code may ask of the orchestrator while it runs, in every language and always for its own namespace: the
 * operations of the key-value database. Their arguments and values, as JSON, are those of `kvCallSchemas` and
 * `KvCallResults` in kv.ts; a value of the database travels as JSON text within (`value_json`), so that nobody on the way
 * reads it.
 */
export const hostOps = ["db.get", "db.set", "db.delete", "db.list", "db.increment"] as const;
export type HostOp = (typeof hostOps)[number];

/** As JSON text; codes are those of the error registry. */
export type HostAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: string; readonly error: string };

/** Bytes of an operation's arguments as JSON text. */
export const hostCallBytesMax = 4 * 1024 * 1024;
