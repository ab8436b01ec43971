import type { JobId } from "../stdx/ids.ts";

/**
 * When jobs that ended lately had been sent to their volunteer: of the last so many at least, and of twice as many at most.
 * Two generations, of which the old one goes whole, cost less than one map that loses an entry for each it gets.
 */
export class RecentDispatches {
  readonly #kept: number;
  #young = new Map<string, number>();
  #old: ReadonlyMap<string, number> = new Map();

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** @param instantMs milliseconds since the Unix epoch */
  note(id: JobId, instantMs: number): void {
    if (this.#young.size >= this.#kept) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(id, instantMs);
  }

  /** Undefined for a job that ended long ago, or never. */
  of(id: string): number | undefined {
    return this.#young.get(id) ?? this.#old.get(id);
  }
}
