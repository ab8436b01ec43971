import type { FunctionAuth } from "../protocol/functions.ts";
import type { Language } from "../protocol/languages.ts";
import type { Placement } from "../protocol/placement.ts";
import type { Cid, Id } from "../stdx/ids.ts";

/** Names one revision of one function, for ever: a path that is deleted and deployed again gets new ones. */
export type RevisionId = Id<"revision">;

/** One deployed state of a function. Immutable. */
export interface Revision {
  readonly id: RevisionId;
  readonly namespace: string;
  /** Without slashes at its ends. */
  readonly path: string;
  /** From 1 up, within the path. */
  readonly number: number;
  readonly runtime: Language;
  /** Source text; undefined for wasm. */
  readonly code: string | undefined;
  readonly wasmCid: Cid | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly placement: Placement;
  readonly auth: FunctionAuth;
  readonly createdAt: number;
}

/** What becomes a revision once it is stored, which is what gives it its number. */
export type RevisionDraft = Omit<Revision, "number">;

/** What of a revision is small enough to be kept at hand for every function. */
export interface RevisionHead extends Omit<Revision, "code" | "env"> {
  readonly envNames: readonly string[];
  /** SHA-256 of the code in hex, or the module's CID. */
  readonly digest: string;
}
