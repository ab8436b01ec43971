import type { JobId } from "../stdx/ids.ts";

/**
 * When jobs that ended lately had been sent to their volunteer. To note one costs two writes, for every job pays it; to
 * find one costs a look at all that are kept, for few are asked about.
 */
export class RecentDispatches {
  readonly #ids: string[] = [];
  readonly #instants: Float64Array;
  #next = 0;

  constructor(kept: number) {
    this.#instants = new Float64Array(kept);
  }

  /** @param instantMs milliseconds since the Unix epoch */
  note(id: JobId, instantMs: number): void {
    this.#ids[this.#next] = id;
    this.#instants[this.#next] = instantMs;
    this.#next = (this.#next + 1) % this.#instants.length;
  }

  /** Undefined for a job that ended long ago, or never. */
  of(id: string): number | undefined {
    const at = this.#ids.indexOf(id);
    return at === -1 ? undefined : this.#instants[at];
  }
}
