import type { JsonText } from "../stdx/json-text.ts";
import type { NameCount, NameRange } from "../stdx/name-range.ts";

/** A value of a namespace's database. */
export interface KvEntry {
  readonly key: string;
  readonly valueJson: JsonText;
  /**
   * Grows with every write and is never used again for this key, whether it is deleted, expires or is made anew. The
   * first is 1; versions of one key need not be neighbours.
   */
  readonly version: number;
  /** Milliseconds since the epoch; undefined for ever. */
  readonly expiresAt: number | undefined;
}

/** What must hold of a key for a write to happen: a value at this version, 0 for no value, "any" for some value. */
export type KvCondition = number | "any";

export type KvRead = { readonly op: "get"; readonly key: string } | KvCheck;

/** Fails the batch it is in unless the condition holds. */
export interface KvCheck {
  readonly op: "check";
  readonly key: string;
  readonly condition: KvCondition;
}

export interface KvSet {
  readonly op: "set";
  readonly key: string;
  readonly valueJson: JsonText;
  readonly expiresAt: number | undefined;
  readonly condition: KvCondition | undefined;
}

export interface KvDelete {
  readonly op: "delete";
  readonly key: string;
  readonly condition: KvCondition | undefined;
}

/** Adds to a whole number; a missing value counts as 0. */
export interface KvIncrement {
  readonly op: "increment";
  readonly key: string;
  readonly by: number;
  /** Only for a value that is made by this; one that is there keeps its own. So a counter ends with its window. */
  readonly expiresAt: number | undefined;
}

export type KvCommand = KvRead | KvSet | KvDelete | KvIncrement;

export interface KvSetResult {
  readonly op: "set";
  readonly version: number;
  /** There was no value before. */
  readonly created: boolean;
}

export interface KvDeleteResult {
  readonly op: "delete";
  /** False when there was nothing to delete. */
  readonly deleted: boolean;
}

export interface KvIncrementResult {
  readonly op: "increment";
  readonly value: number;
  readonly version: number;
}

export type KvResult =
  | { readonly op: "get"; readonly entry: KvEntry | undefined }
  | { readonly op: "check" }
  | KvSetResult
  | KvDeleteResult
  | KvIncrementResult;

export interface KvRange {
  readonly prefix: string;
  /** Only keys behind this one; undefined from the first. */
  readonly after: string | undefined;
  readonly limit: number;
}

/**
 * The databases of all namespaces, one apart from another. Every adapter passes `tests/contracts/kv-store.ts`.
 *
 * A promise of a write that resolves means: this survives `kill -9` and power loss. Reads see every write that was
 * acknowledged, and never one that could still be lost. Expired values are invisible at once, wherever they still lie.
 * Reading a namespace that was never written to leaves no trace.
 *
 * Errors: `version_mismatch` when a condition does not hold (with `key`, the present `version`, and in a batch the
 * `index` of its operation), `not_a_counter`, `storage_unavailable`; each means that nothing was changed.
 */
export interface KvStore {
  get(namespace: string, key: string): Promise<KvEntry | undefined>;
  /** Keys in the order of their UTF-8 bytes. */
  list(namespace: string, range: KvRange): Promise<readonly string[]>;
  /** Namespaces that have a database, in order; each counts once, however much is in it. */
  countByNamespace(range: NameRange): Promise<readonly NameCount[]>;
  /** How many bytes a namespace's database takes. */
  usage(namespace: string): Promise<number>;
  set(namespace: string, command: KvSet): Promise<KvSetResult>;
  delete(namespace: string, command: KvDelete): Promise<KvDeleteResult>;
  increment(namespace: string, command: KvIncrement): Promise<KvIncrementResult>;
  /** One after the other, each seeing what those before it did; all of them or none. Results in the same order. */
  batch(namespace: string, commands: readonly KvCommand[]): Promise<readonly KvResult[]>;
}
