import { importsDatabase } from "../protocol/database-use.ts";
import { inspectWasm } from "../protocol/wasm-module.ts";
import type { Cid } from "../stdx/ids.ts";
import { Shelf } from "../stdx/shelf.ts";
import type { BlockStore } from "./store.ts";

/** How many modules are remembered, those asked of last. */
const modulesMax = 10_000;

/** Knows of stored modules whether they may ask the database. Each is read once. */
export class DatabaseModules {
  readonly #blocks: Pick<BlockStore, "get">;
  readonly #known = new Shelf<{ readonly uses: boolean }>(modulesMax);
  readonly #reading = new Map<Cid, Promise<boolean>>();

  constructor(blocks: Pick<BlockStore, "get">) {
    this.#blocks = blocks;
  }

  /** Without a look: true as well for a module that was not asked of before. */
  mayUse(cid: Cid): boolean {
    return this.#known.touch(cid)?.uses ?? true;
  }

  /** Never rejects: what cannot be read may do anything. */
  async uses(cid: Cid): Promise<boolean> {
    const known = this.#known.touch(cid);
    if (known) return known.uses;
    let reading = this.#reading.get(cid);
    if (!reading) {
      reading = this.#read(cid).finally(() => this.#reading.delete(cid));
      this.#reading.set(cid, reading);
    }
    return reading;
  }

  async #read(cid: Cid): Promise<boolean> {
    const bytes = await this.#blocks.get(cid).catch(() => undefined);
    if (!bytes) return true;
    const inspection = inspectWasm(bytes);
    const uses = !inspection.ok || importsDatabase(inspection.module);
    this.#known.put(cid, { uses });
    return uses;
  }
}
