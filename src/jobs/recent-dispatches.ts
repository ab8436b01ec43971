import type { JobId } from "../stdx/ids.ts";

/** When jobs that ended lately had been sent to their volunteer: of the last so many, the oldest going first. */
export class RecentDispatches {
  readonly #kept: number;
  readonly #instants = new Map<string, number>();
  /** The ids that are kept, as a ring. To ask a large map for its oldest entry takes long once many were deleted. */
  readonly #ids: string[] = [];
  #next = 0;

  constructor(kept: number) {
    this.#kept = kept;
  }

  /** @param instantMs milliseconds since the Unix epoch */
  note(id: JobId, instantMs: number): void {
    const oldest = this.#ids[this.#next];
    if (oldest !== undefined) this.#instants.delete(oldest);
    this.#ids[this.#next] = id;
    this.#instants.set(id, instantMs);
    this.#next = (this.#next + 1) % this.#kept;
  }

  /** Undefined for a job that ended long ago, or never. */
  of(id: string): number | undefined {
    return this.#instants.get(id);
  }
}
