import { ByteCache } from "../stdx/byte-cache.ts";
import type { Cid } from "../stdx/ids.ts";
import type { DeploymentStore } from "./deployment-store.ts";
import type { Revision, RevisionId } from "./revision.ts";

/** What a revision costs besides its texts. */
const entryBytes = 1024;

/** Tells of modules whether they may ask the database: `DatabaseModules` fits. */
export interface ModuleUses {
  uses(cid: Cid): Promise<boolean>;
}

/** Revisions with their bulk, ready to be called: a cache, bounded in bytes, in front of the store. */
export class CodeShelf {
  readonly #store: Pick<DeploymentStore, "revision">;
  readonly #modules: ModuleUses;
  readonly #cache: ByteCache<RevisionId, Revision>;

  constructor(store: Pick<DeploymentStore, "revision">, modules: ModuleUses, bytesMax: number) {
    this.#store = store;
    this.#modules = modules;
    this.#cache = new ByteCache(bytesMax);
  }

  /** Undefined when it has to be loaded. */
  cached(id: RevisionId): Revision | undefined {
    return this.#cache.get(id);
  }

  /** Undefined when the store has no such revision. */
  async load(id: RevisionId): Promise<Revision | undefined> {
    const revision = this.#cache.get(id) ?? (await this.#store.revision(id));
    if (!revision) return undefined;
    await this.prepare(revision);
    this.keep(revision);
    return revision;
  }

  /** Finds out what is to be known of it when it is called. */
  async prepare({ wasmCid }: Pick<Revision, "wasmCid">): Promise<void> {
    if (wasmCid !== undefined) await this.#modules.uses(wasmCid);
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
