import { ByteCache } from "../stdx/byte-cache.ts";
import type { DeploymentStore } from "./deployment-store.ts";
import type { Revision, RevisionId } from "./revision.ts";

/** What a revision costs besides its texts. */
const entryBytes = 1024;

/** Revisions with their bulk, ready to be called: a cache, bounded in bytes, in front of the store. */
export class CodeShelf {
  readonly #store: Pick<DeploymentStore, "revision">;
  readonly #cache: ByteCache<RevisionId, Revision>;

  constructor(store: Pick<DeploymentStore, "revision">, bytesMax: number) {
    this.#store = store;
    this.#cache = new ByteCache(bytesMax);
  }

  /** Undefined when it has to be loaded. */
  cached(id: RevisionId): Revision | undefined {
    return this.#cache.get(id);
  }

  /** Undefined when the store has no such revision. */
  async load(id: RevisionId): Promise<Revision | undefined> {
    const revision = this.#cache.get(id) ?? (await this.#store.revision(id));
    if (revision) this.keep(revision);
    return revision;
  }

  keep(revision: Revision): void {
    // V8 holds text with two bytes a unit at worst.
    let units = revision.code?.length ?? 0;
    for (const value of Object.values(revision.env)) units += value.length;
    this.#cache.set(revision.id, revision, entryBytes + 2 * units);
  }

  drop(id: RevisionId): void {
    this.#cache.delete(id);
  }
}
