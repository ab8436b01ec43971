import type { CellKind } from "../../protocol/languages.ts";
import { nextTurn } from "../../stdx/next-turn.ts";
import type { QueuedCell } from "./queued-cell.ts";

/** The cells of a host that live, and a spare of each kind that is to be warm. */
export class CellStock implements AsyncDisposable {
  readonly #start: (kind: CellKind) => QueuedCell;
  readonly #spares = new Map<CellKind, QueuedCell>();
  readonly #warm = new Set<CellKind>();
  readonly #living = new Set<QueuedCell>();
  #disposed = false;

  constructor(start: (kind: CellKind) => QueuedCell) {
    this.#start = start;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  get living(): Iterable<QueuedCell> {
    return this.#living;
  }

  take(kind: CellKind): QueuedCell {
    const spare = this.#spares.get(kind);
    this.#spares.delete(kind);
    if (this.#warm.has(kind)) this.warm(kind);
    return spare?.alive ? spare : this.#startOne(kind);
  }

  warm(kind: CellKind): void {
    this.#warm.add(kind);
    // A turn later, so that the work at hand goes first.
    nextTurn(() => {
      if (this.#disposed || !this.#warm.has(kind) || this.#spares.get(kind)?.alive) return;
      this.#spares.set(kind, this.#startOne(kind));
    });
  }

  /** Resolves when the first spare of this kind can begin with a task at once, or could not be started. */
  async warmed(kind: CellKind): Promise<void> {
    this.#warm.add(kind);
    const spare = this.#spares.get(kind) ?? this.#startOne(kind);
    this.#spares.set(kind, spare);
    await spare.ready;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    const living = [...this.#living];
    for (const cell of living) cell.kill();
    await Promise.all(living.map(({ gone }) => gone));
  }

  #startOne(kind: CellKind): QueuedCell {
    const cell = this.#start(kind);
    this.#living.add(cell);
    cell.gone.then(() => this.#living.delete(cell));
    return cell;
  }
}
