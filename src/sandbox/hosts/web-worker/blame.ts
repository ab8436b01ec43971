import type { QueuedCell } from "../queued-cell.ts";

/** It takes longer than this to fill a heap. */
const innocentMs = 1000;
const suspectsMax = 64;

/**
 * Finds out who filled the heap that all cells of a frame share and took them all with it. Only JavaScript can: the memories
 * of the other languages are bounded. Where several may have done it, nobody is blamed at first; who was there a second time
 * is.
 */
export class Blame {
  readonly #suspects = new Set<string>();
  #culprits: ReadonlySet<QueuedCell> = new Set();

  /** @param cells those that are lost, with what they run */
  judge(cells: Iterable<QueuedCell>, nowMs: number): void {
    const able = [...cells].flatMap((cell) => {
      const work = cell.running?.task.work;
      const since = cell.running?.startedAt ?? nowMs;
      if (work?.kind === undefined || nowMs - since < innocentMs) return [];
      if (work.kind !== "call" && work.language !== "js") return [];
      const mark =
        work.kind === "call"
          ? work.requestJson
          : `${work.code}\n${"inputJson" in work ? work.inputJson : ""}`;
      return [{ cell, mark }];
    });
    const again = able.filter(({ mark }) => able.length === 1 || this.#suspects.has(mark));
    this.#culprits = new Set(again.map(({ cell }) => cell));
    for (const { mark } of able) this.#suspect(mark);
    for (const { mark } of again) this.#suspects.delete(mark);
  }

  isCulprit(cell: QueuedCell): boolean {
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
