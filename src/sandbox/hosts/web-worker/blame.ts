import type { CellWork } from "../cell.ts";
import type { QueuedCell } from "../queued-cell.ts";

/** It takes longer than this to fill a heap. */
const innocentMs = 1000;
const suspectsMax = 64;
/** Of code and of input, to know work again by. */
const markLength = 2000;

/** A cell, as far as it may have done it. */
export type Suspect = Pick<QueuedCell, "running">;

/**
 * Finds out who filled the heap that all cells of a frame share and took them all with it. Only JavaScript can: the memories
 * of the other languages are bounded. Where several may have done it, nobody is blamed at first; who was there a second time
 * is.
 */
export class Blame {
  readonly #suspects = new Set<string>();
  #culprits: ReadonlySet<Suspect> = new Set();

  /** @param cells those that are lost, with what they run */
  judge(cells: Iterable<Suspect>, nowMs: number): void {
    const able = [...cells].flatMap((cell) => {
      const { startedAt, task } = cell.running ?? {};
      if (!task || startedAt === undefined || nowMs - startedAt < innocentMs) return [];
      const { work } = task;
      return work.kind !== "call" && work.language !== "js" ? [] : [{ cell, mark: markOf(work) }];
    });
    const culprits = able.filter(({ mark }) => able.length === 1 || this.#suspects.has(mark));
    this.#culprits = new Set(culprits.map(({ cell }) => cell));
    for (const { mark } of able) this.#suspect(mark);
    for (const { mark } of culprits) this.#suspects.delete(mark);
  }

  isCulprit(cell: Suspect): boolean {
    return this.#culprits.has(cell);
  }

  #suspect(mark: string): void {
    this.#suspects.add(mark);
    for (const oldest of this.#suspects) {
      if (this.#suspects.size <= suspectsMax) return;
      this.#suspects.delete(oldest);
    }
  }
}

function markOf(work: CellWork): string {
  const texts =
    work.kind === "call" ? [work.requestJson] : [work.code, work.kind === "run" ? work.inputJson : ""];
  return texts.map((text) => `${text.length} ${text.slice(0, markLength)}`).join("\n");
}
