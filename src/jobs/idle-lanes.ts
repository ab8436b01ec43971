import { type CellKind, cellKindOf } from "../protocol/languages.ts";
import type { Lane } from "./lane.ts";
import type { LiveJob } from "./live-job.ts";
import { type Taker, takes, takesClass } from "./match.ts";

/** How many lanes that were of the namespace before are looked at. */
const warmTriesMax = 8;
/** The scope of lanes that serve every namespace; no namespace has this name. */
const everyNamespace = "*";

/** Idle lanes that take the same classes. */
interface Peers {
  readonly taker: Taker;
  /** Those that have served nobody: no cell is lost when they are chosen. */
  readonly unused: Set<Lane>;
  /** The others, the longest idle first. */
  readonly used: Set<Lane>;
}

/**
 * The lanes that have nothing to do. A search looks at the kinds of volunteers there are (languages and memory), never
 * at volunteers one by one. Invariant: no idle lane fits a waiting job, while jobs are handed out at all.
 */
export class IdleLanes {
  readonly #all = new Set<Lane>();
  /** By the namespaces that volunteers confine themselves to, or `everyNamespace`; then by what they take. */
  readonly #scopes = new Map<string, Map<number, Peers>>();
  /** By the namespace that they last worked for. */
  readonly #warm: Readonly<Record<CellKind, Map<string, Set<Lane>>>> = { core: new Map(), python: new Map() };

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Lane> {
    return this.#all.values();
  }

  add(lane: Lane): void {
    if (this.#all.has(lane)) return;
    this.#all.add(lane);
    const key = keyOf(lane.taker);
    const { taker } = lane;
    for (const scope of scopesOf(taker)) {
      const peersByKey = this.#scopes.getOrInsertComputed(scope, () => new Map());
      const peers = peersByKey.getOrInsertComputed(key, () => ({
        taker,
        unused: new Set(),
        used: new Set(),
      }));
      (lane.namespace === undefined ? peers.unused : peers.used).add(lane);
    }
    if (lane.namespace === undefined) return;
    this.#warm[lane.kind].getOrInsertComputed(lane.namespace, () => new Set()).add(lane);
  }

  delete(lane: Lane): void {
    if (!this.#all.delete(lane)) return;
    const key = keyOf(lane.taker);
    for (const scope of scopesOf(lane.taker)) {
      const peersByKey = this.#scopes.get(scope);
      const peers = peersByKey?.get(key);
      if (!peersByKey || !peers) continue;
      peers.unused.delete(lane);
      peers.used.delete(lane);
      if (peers.unused.size + peers.used.size === 0) peersByKey.delete(key);
      if (peersByKey.size === 0) this.#scopes.delete(scope);
    }
    if (lane.namespace === undefined) return;
    const warm = this.#warm[lane.kind].get(lane.namespace);
    warm?.delete(lane);
    if (warm?.size === 0) this.#warm[lane.kind].delete(lane.namespace);
  }

  /** A lane for this job: one that has its namespace already, else one kept for it, else the least able that will do. */
  find(job: LiveJob): Lane | undefined {
    return (
      this.#warmFor(job) ??
      leastAble(this.#scopes.get(job.namespace), job) ??
      leastAble(this.#scopes.get(everyNamespace), job)
    );
  }

  #warmFor(job: LiveJob): Lane | undefined {
    let tries = 0;
    for (const lane of this.#warm[cellKindOf(job.language)].get(job.namespace) ?? []) {
      if (takes(lane.taker, job)) return lane;
      if (++tries === warmTriesMax) return undefined;
    }
    return undefined;
  }
}

function leastAble(peersByKey: Map<number, Peers> | undefined, job: LiveJob): Lane | undefined {
  let best: Peers | undefined;
  for (const peers of peersByKey?.values() ?? []) {
    if (!takesClass(peers.taker, job.language, job.memorySteps)) continue;
    if (!best || peers.taker.memorySteps < best.taker.memorySteps) best = peers;
  }
  for (const lane of best?.unused ?? []) return lane;
  for (const lane of best?.used ?? []) return lane;
  return undefined;
}

function keyOf(taker: Taker): number {
  return taker.memorySteps * 16 + taker.languages;
}

function scopesOf(taker: Taker): Iterable<string> {
  return taker.namespaces ?? [everyNamespace];
}
