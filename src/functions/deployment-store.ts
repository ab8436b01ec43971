import type { NameCount, NameRange } from "../stdx/name-range.ts";
import type { Revision, RevisionDraft, RevisionHead, RevisionId } from "./revision.ts";

/** A function with all that it ever was, as far as it is kept. */
export interface Deployment {
  /** The one that answers calls now. */
  readonly current: RevisionHead;
  /** Newest first; the current one is among them. */
  readonly revisions: readonly RevisionHead[];
}

export interface DeploymentFilter {
  readonly namespace: string | undefined;
  /** Of these namespaces alone; undefined: of all. */
  readonly among?: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface DeploymentPage {
  /** The current revision of each, in the order of namespaces and paths. */
  readonly deployments: readonly RevisionHead[];
  readonly total: number;
}

/**
 * Where functions are kept. Every adapter passes `tests/contracts/deployment-store.ts`.
 * A promise of a write that resolves means: this survives `kill -9` and power loss. One that rejects with
 * `storage_unavailable` means: nothing of it was kept.
 */
export interface DeploymentStore {
  /**
   * Adds a revision to its path, with the number after the highest there, or 1, and makes it current. Of more than
   * `revisionsMax` the oldest go.
   */
  deploy(draft: RevisionDraft, digest: string, revisionsMax: number): Promise<RevisionHead>;
  /** Makes a revision current; undefined, changing nothing, when the path has none of this number. */
  select(namespace: string, path: string, number: number): Promise<RevisionHead | undefined>;
  /** Removes a function and all its revisions; false when there was none. */
  remove(namespace: string, path: string): Promise<boolean>;
  find(namespace: string, path: string): Promise<Deployment | undefined>;
  /** A revision with its bulk; undefined when it is gone. */
  revision(id: RevisionId): Promise<Revision | undefined>;
  list(filter: DeploymentFilter): Promise<DeploymentPage>;
  /** Namespaces that have functions, in order, with how many. */
  countByNamespace(range: NameRange): Promise<readonly NameCount[]>;
  /** At start: the current revision of every function. */
  current(): AsyncIterable<RevisionHead>;
}
