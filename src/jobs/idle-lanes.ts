import { type CellKind, cellKindOf } from "../protocol/languages.ts";
import { getOrInsert } from "../stdx/maps.ts";
import type { Lane } from "./lane.ts";
import type { LiveJob } from "./live-job.ts";
import { isPlaced, type Taker, takes, takesClass } from "./match.ts";

/** How many lanes that were of the namespace before are looked at. */
const warmTriesMax = 8;
/** The scope of lanes that serve every namespace; no namespace has this name. */
const everyNamespace = "*";

/** The idle lanes of volunteers that take the same and are trusted alike. */
class Peers {
  readonly taker: Taker;
  /** Those that have served nobody: no cell is lost when they are chosen. */
  readonly unused = new Set<Lane>();
  /** The others, the longest idle first. */
  readonly used = new Set<Lane>();

  constructor(taker: Taker) {
    this.taker = taker;
  }

  get size(): number {
    return this.unused.size + this.used.size;
  }

  /** The one that is to work next. */
  get first(): Lane | undefined {
    for (const lane of this.unused) return lane;
    for (const lane of this.used) return lane;
    return undefined;
  }
}

/**
 * The lanes that have nothing to do. A search looks at the kinds of volunteers there are (languages, memory, whitelist),
 * not at volunteers one by one. Invariant: no idle lane fits a waiting job, while jobs are handed out at all.
 */
export class IdleLanes {
  readonly #all = new Set<Lane>();
  /** By `keyOf`. */
  readonly #peers = new Map<string, Peers>();
  /** By the namespaces that volunteers confine themselves to, or `everyNamespace`. */
  readonly #scopes = new Map<string, Set<Peers>>();
  /** By the namespace that they last worked for. */
  readonly #warm: Readonly<Record<CellKind, Map<string, Set<Lane>>>> = { core: new Map(), python: new Map() };

  [Symbol.iterator](): IterableIterator<Lane> {
    return this.#all.values();
  }

  add(lane: Lane): void {
    if (this.#all.has(lane)) return;
    this.#all.add(lane);
    const { taker, namespace } = lane;
    const key = keyOf(lane);
    let peers = this.#peers.get(key);
    if (!peers) {
      peers = new Peers(taker);
      this.#peers.set(key, peers);
      for (const scope of scopesOf(taker)) getOrInsert(this.#scopes, scope, () => new Set()).add(peers);
    }
    (namespace === undefined ? peers.unused : peers.used).add(lane);
    if (namespace === undefined) return;
    getOrInsert(this.#warm[lane.kind], namespace, () => new Set()).add(lane);
  }

  delete(lane: Lane): void {
    if (!this.#all.delete(lane)) return;
    const { taker, namespace } = lane;
    const key = keyOf(lane);
    const peers = this.#peers.get(key);
    peers?.unused.delete(lane);
    peers?.used.delete(lane);
    if (peers?.size === 0) {
      this.#peers.delete(key);
      for (const scope of scopesOf(taker)) this.#leaveScope(scope, peers);
    }
    if (namespace === undefined) return;
    const warm = this.#warm[lane.kind].get(namespace);
    warm?.delete(lane);
    if (warm?.size === 0) this.#warm[lane.kind].delete(namespace);
  }

  /** A lane for this job: one that has its namespace already, else one kept for it, else the least able that will do. */
  find(job: LiveJob): Lane | undefined {
    return (
      this.#warmFor(job) ??
      leastAble(this.#scopes.get(job.namespace), job) ??
      leastAble(this.#scopes.get(everyNamespace), job)
    );
  }

  /** For work of this namespace, one lane of each kind: where it may not have it, none of its kind may. */
  *kindsFor(namespace: string): Generator<Lane> {
    for (const scope of [namespace, everyNamespace]) {
      for (const { first } of this.#scopes.get(scope) ?? []) if (first) yield first;
    }
  }

  #leaveScope(scope: string, peers: Peers): void {
    const scoped = this.#scopes.get(scope);
    scoped?.delete(peers);
    if (scoped?.size === 0) this.#scopes.delete(scope);
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

function leastAble(scoped: ReadonlySet<Peers> | undefined, job: LiveJob): Lane | undefined {
  let best: Peers | undefined;
  for (const peers of scoped ?? []) {
    if (!takesClass(peers.taker, job)) continue;
    if (!best || isLessAble(peers.taker, best.taker)) best = peers;
  }
  return best?.first;
}

/** The same for lanes that may be given the same work. */
function keyOf({ taker, volunteer }: Lane): string {
  return `${volunteer.offer.lanes} ${taker.key}`;
}

function isLessAble(one: Taker, other: Taker): boolean {
  // Those who are trusted are kept for what needs them.
  if (one.standing !== other.standing) return isPlaced(other.standing, one.standing);
  if (one.database !== other.database) return other.database;
  return one.memorySteps < other.memorySteps;
}

function scopesOf(taker: Taker): Iterable<string> {
  return taker.namespaces ?? [everyNamespace];
}
