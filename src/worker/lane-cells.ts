import type { CellKind } from "../protocol/languages.ts";
import { instancesKept } from "../protocol/volunteer.ts";
import type { Cell, CellHost, CellOutcome } from "../sandbox/hosts/cell.ts";
import { Shelf } from "../stdx/shelf.ts";

/** A cell that has loaded a function, or is about to. */
export interface Instance {
  readonly cell: Cell;
  /** Set when the function could not be loaded: what its calls are answered with. */
  failure: Extract<CellOutcome, { kind: "failed" }> | undefined;
}

/**
 * The cells of one lane: one of each kind for jobs, which serve one namespace until another one's job comes, and one for
 * each function that is warm here.
 */
export class LaneCells {
  readonly #host: CellHost;
  readonly #taken: (kind: CellKind) => void;
  readonly #forJobs = new Map<CellKind, Cell>();
  readonly #instances = new Shelf<Instance & { readonly functionId: string }>(instancesKept);
  /** Instances of forgotten functions that still have calls to answer. */
  readonly #leaving = new Set<Cell>();
  #namespace: string | undefined;

  /** @param taken called for each new cell */
  constructor(host: CellHost, taken: (kind: CellKind) => void) {
    this.#host = host;
    this.#taken = taken;
  }

  forJobs(namespace: string, kind: CellKind): Cell {
    // A cell serves one namespace in its life: on a change both kinds go.
    if (this.#namespace !== namespace) {
      for (const cell of this.#forJobs.values()) cell.kill();
      this.#forJobs.clear();
    }
    this.#namespace = namespace;
    let cell = this.#forJobs.get(kind);
    if (!cell?.alive) {
      cell = this.#take(kind);
      this.#forJobs.set(kind, cell);
    }
    return cell;
  }

  /** One that can be called at once, or when it has loaded. */
  warmInstance(functionId: string): Instance | undefined {
    const warm = this.#instances.touch(functionId);
    return warm?.cell.alive && !warm.failure ? warm : undefined;
  }

  /** In the place of the one there may be. It has yet to load the function. */
  newInstance(functionId: string, kind: CellKind): Instance {
    const instance = { functionId, cell: this.#take(kind), failure: undefined };
    for (const { cell } of this.#instances.put(functionId, instance)) cell.kill();
    return instance;
  }

  /** What was wanted once is likely to be wanted again, and then at once. */
  #take(kind: CellKind): Cell {
    const cell = this.#host.take(kind);
    this.#host.warm(kind);
    this.#taken(kind);
    return cell;
  }

  /** The function gets no calls any more; those that its instance has it still answers. */
  forget(functionId: string): void {
    const instance = this.#instances.delete(functionId);
    if (!instance) return;
    if (instance.cell.pending === 0) instance.cell.kill();
    else this.#leaving.add(instance.cell);
  }

  /** A task of this lane has ended: cells that only waited for their last one go. */
  sweep(): void {
    for (const cell of this.#leaving) {
      if (cell.pending > 0 && cell.alive) continue;
      this.#leaving.delete(cell);
      cell.kill();
    }
  }

  kill(): void {
    for (const cell of this.#forJobs.values()) cell.kill();
    for (const { functionId, cell } of [...this.#instances.values()]) {
      this.#instances.delete(functionId);
      cell.kill();
    }
    for (const cell of this.#leaving) cell.kill();
    this.#leaving.clear();
    this.#forJobs.clear();
    this.#namespace = undefined;
  }
}
