/** What stands for every namespace that has no label of its own. It is no namespace's name: those have no brackets. */
export const otherNamespaces = "(other)";

/** A namespace that did nothing for so long makes room for another. */
const idleMs = 3_600_000;
/** When a namespace was used is known to within this. */
const precisionMs = 1000;

/**
 * Which namespaces have figures of their own. A figure is kept for ever by whoever collects it, and anybody may make up
 * namespaces: so there are few labels, they go to whoever comes while there are some, and back when they are not used.
 */
export class NamespaceLabels {
  readonly #usedAt = new Map<string, number>();
  readonly #max: number;
  readonly #nowMs: () => number;
  readonly #dropped: (namespace: string) => void;
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** @param dropped called when a namespace lost its label: its figures are to be forgotten */
  constructor(max: number, nowMs: () => number, dropped: (namespace: string) => void) {
    this.#max = max;
    this.#nowMs = nowMs;
    this.#dropped = dropped;
  }

  of(namespace: string): string {
    const nowMs = this.#nowMs();
    const usedAt = this.#usedAt.get(namespace);
    if (usedAt !== undefined && nowMs - usedAt < precisionMs) return namespace;
    if (usedAt === undefined && !this.#makeRoom(nowMs)) return otherNamespaces;
    this.#usedAt.set(namespace, nowMs);
    return namespace;
  }

  #makeRoom(nowMs: number): boolean {
    if (this.#usedAt.size < this.#max) return true;
    // A flood of names must not make every one of them look through all labels.
    if (nowMs - this.#lookedAt < 1000) return false;
    this.#lookedAt = nowMs;
    for (const [namespace, usedAt] of this.#usedAt) {
      if (nowMs - usedAt < idleMs) continue;
      this.#usedAt.delete(namespace);
      this.#dropped(namespace);
      return true;
    }
    return false;
  }
}
