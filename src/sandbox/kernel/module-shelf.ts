const modulesMax = 8;

/**
 * The modules that a cell keeps. Host and cell each hold one and touch it in the order of the frames, so that the host
 * knows without asking which modules the cell still has.
 */
export class ModuleShelf<Module> {
  readonly #modules = new Map<string, Module>();

  /** The module, which now counts as the one used last. */
  touch(cid: string): Module | undefined {
    const module = this.#modules.get(cid);
    if (module === undefined) return undefined;
    this.#modules.delete(cid);
    this.#modules.set(cid, module);
    return module;
  }

  put(cid: string, module: Module): void {
    this.#modules.delete(cid);
    this.#modules.set(cid, module);
    for (const oldest of this.#modules.keys()) {
      if (this.#modules.size <= modulesMax) break;
      this.#modules.delete(oldest);
    }
  }
}
