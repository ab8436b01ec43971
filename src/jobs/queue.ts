import { type CellKind, cellKindOf, type Language, languages } from "../protocol/languages.ts";
import { Heap } from "../stdx/heap.ts";
import { getOrInsert } from "../stdx/maps.ts";
import type { LiveJob } from "./live-job.ts";
import { type ClassNeed, type Taker, takesClass, takesLanguage } from "./match.ts";
import { Shelf, type ShelfClass } from "./shelf.ts";

/** How many namespaces without work are remembered, for the time they have used. */
const idleTenantsMax = 1024;
/** How far a namespace can fall behind the others for what it has used: bounds how long it may have to wait for it. */
const debtMsMax = 10_000;
/** A place in a queue longer than this is not worth the counting. */
const countedMax = 10_000;

/** A namespace as the queue sees it. */
class Tenant {
  readonly name: string;
  /** Those that have jobs. */
  shelves: Shelf<Tenant>[] = [];
  waiting = 0;
  /** How many lanes work for it now. */
  lanes = 0;
  /** Lane time it has used, on the queue's virtual clock. */
  usedMs = 0;
  /** When it was last chosen, counted in choices. */
  chosenAt = 0;

  constructor(name: string) {
    this.name = name;
  }
}

/** Who holds fewest lanes goes first; then who has used least time; then who has waited longest for its choice. */
function goesBefore(a: Tenant, b: Tenant): boolean {
  if (a.lanes !== b.lanes) return a.lanes < b.lanes;
  if (a.usedMs !== b.usedMs) return a.usedMs < b.usedMs;
  return a.chosenAt < b.chosenAt;
}

/** The jobs that one place may take ahead of time. */
export interface Foresight {
  readonly kind: CellKind;
  mayTakeAhead(job: LiveJob): boolean;
}

/**
 * The jobs that wait. A choice looks at classes (see match.ts) and at the top of heaps, never at jobs or namespaces one
 * by one. A taker with a whitelist looks at its own namespaces alone.
 */
export class JobQueue {
  readonly #tenants = new Map<string, Tenant>();
  readonly #idle = new Set<Tenant>();
  /** Per language, the classes that have jobs, the smallest memory first. */
  readonly #classes: Readonly<Record<Language, ShelfClass<Tenant>[]>> = {
    wasm: [],
    python: [],
    lua: [],
    js: [],
  };
  readonly #waiting: Record<Language, number> = { wasm: 0, python: 0, lua: 0, js: 0 };
  #size = 0;
  /** The queue's virtual clock: the time used by whoever was chosen last. Newcomers begin here. */
  #virtualMs = 0;
  #choices = 0;

  get size(): number {
    return this.#size;
  }

  /** How many namespaces are remembered. */
  get tenantCount(): number {
    return this.#tenants.size;
  }

  /** How many entries are held, with those that were taken out and are only passed over. */
  get heldCount(): number {
    let held = 0;
    for (const { shelves } of this.#tenants.values()) for (const shelf of shelves) held += shelf.held;
    return held;
  }

  push(job: LiveJob): void {
    this.#shelfFor(job).push(job);
    this.#count(job, 1);
  }

  /** The job goes before newer work of its priority. */
  putBack(job: LiveJob): void {
    this.#shelfFor(job).putBack(job);
    this.#count(job, 1);
  }

  /** @returns false when it did not wait here */
  remove(job: LiveJob): boolean {
    if (!job.queued) return false;
    const tenant = this.#tenant(job.namespace);
    const shelf = tenant.shelves.find((one) => isOfClass(one, job));
    if (!shelf) return false;
    shelf.remove(job);
    this.#taken(shelf, job);
    return true;
  }

  /** The next job in fairness for this taker. */
  take(taker: Taker): LiveJob | undefined {
    const tenant = this.#neediest(taker);
    if (!tenant) return undefined;
    this.#virtualMs = tenant.usedMs;
    tenant.chosenAt = ++this.#choices;
    this.#reorder(tenant);
    return this.#takeShelf(this.#bestShelf(tenant, taker, undefined));
  }

  /** The next job of one namespace for this taker. */
  takeFrom(namespace: string, taker: Taker): LiveJob | undefined {
    const tenant = this.#tenants.get(namespace);
    return tenant && this.#takeShelf(this.#bestShelf(tenant, taker, undefined));
  }

  /** The next job of one namespace and kind, if it is one that may be taken ahead. */
  takeAhead(namespace: string, taker: Taker, foresight: Foresight): LiveJob | undefined {
    const tenant = this.#tenants.get(namespace);
    const shelf = tenant && this.#bestShelf(tenant, taker, foresight.kind);
    return shelf?.head && foresight.mayTakeAhead(shelf.head) ? this.#takeShelf(shelf) : undefined;
  }

  /** Whether another namespace than this one has work that the taker could do. */
  hasRival(taker: Taker, namespace: string): boolean {
    if (taker.namespaces) {
      for (const name of taker.namespaces) {
        const tenant = name === namespace ? undefined : this.#tenants.get(name);
        if (tenant && this.#bestShelf(tenant, taker, undefined)) return true;
      }
      return false;
    }
    for (const { heap } of this.#classesFor(taker)) {
      if (heap.size > 1 || (heap.peek()?.owner.name ?? namespace) !== namespace) return true;
    }
    return false;
  }

  /** A lane begins to work for this namespace. */
  occupy(namespace: string): void {
    const tenant = this.#tenant(namespace);
    tenant.lanes++;
    this.#idle.delete(tenant);
    this.#reorder(tenant);
  }

  /** A lane has worked `usedMs` for this namespace since it began or was last charged; `leaves` when it stops. */
  charge(namespace: string, usedMs: number, leaves: boolean): void {
    const tenant = this.#tenant(namespace);
    if (leaves) tenant.lanes--;
    const mostMs = Math.max(tenant.usedMs, this.#virtualMs + debtMsMax);
    tenant.usedMs = Math.min(tenant.usedMs + usedMs, mostMs);
    this.#reorder(tenant);
    this.#rest(tenant);
  }

  /** How many jobs of its namespace go before a job; undefined when it does not wait here, or beside too many to count. */
  aheadOf(job: LiveJob): number | undefined {
    const tenant = this.#tenants.get(job.namespace);
    if (!tenant || !job.queued || tenant.waiting > countedMax) return undefined;
    let ahead = 0;
    for (const shelf of tenant.shelves) ahead += shelf.aheadOf(job);
    return ahead;
  }

  waitingOf(namespace: string): number {
    return this.#tenants.get(namespace)?.waiting ?? 0;
  }

  get waitingByLanguage(): Readonly<Record<Language, number>> {
    return { ...this.#waiting };
  }

  /** The namespaces with the most waiting jobs, the longest queue first. */
  waitingByNamespace(atMost: number): Record<string, number> {
    const longest: Tenant[] = [];
    // Sorting them all would take long where there are many.
    for (const tenant of this.#tenants.values()) {
      if (tenant.waiting <= (longest.length < atMost ? 0 : (longest.at(-1)?.waiting ?? 0))) continue;
      const place = longest.findIndex((other) => other.waiting < tenant.waiting);
      longest.splice(place === -1 ? longest.length : place, 0, tenant);
      if (longest.length > atMost) longest.pop();
    }
    return Object.fromEntries(longest.map((tenant) => [tenant.name, tenant.waiting]));
  }

  #tenant(name: string): Tenant {
    return getOrInsert(this.#tenants, name, () => new Tenant(name));
  }

  /** Forgets namespaces without work beyond a number, those that have been so for longest. */
  #rest(tenant: Tenant): void {
    if (tenant.waiting > 0 || tenant.lanes > 0) return;
    this.#idle.add(tenant);
    if (this.#idle.size <= idleTenantsMax) return;
    for (const oldest of this.#idle) {
      this.#idle.delete(oldest);
      this.#tenants.delete(oldest.name);
      return;
    }
  }

  #shelfFor(job: LiveJob): Shelf<Tenant> {
    const tenant = this.#tenant(job.namespace);
    for (const shelf of tenant.shelves) {
      if (isOfClass(shelf, job)) return shelf;
    }
    if (tenant.waiting === 0) {
      // Time in which it wanted nothing is no credit: else it could take every lane for as long.
      tenant.usedMs = Math.max(tenant.usedMs, this.#virtualMs);
      this.#idle.delete(tenant);
    }
    const shelf = new Shelf(tenant, this.#classFor(job));
    tenant.shelves.push(shelf);
    shelf.of.heap.push(shelf);
    return shelf;
  }

  #classFor(job: LiveJob): ShelfClass<Tenant> {
    const classes = this.#classes[job.language];
    let place = 0;
    for (; place < classes.length; place++) {
      const found = classes[place];
      if (found === undefined || found.memorySteps > job.memorySteps) break;
      if (isOfClass(found, job)) return found;
    }
    const made: ShelfClass<Tenant> = {
      language: job.language,
      memorySteps: job.memorySteps,
      usesDatabase: job.usesDatabase,
      placement: job.placement,
      heap: new Heap<Shelf<Tenant>>((a, b) => goesBefore(a.owner, b.owner)),
    };
    classes.splice(place, 0, made);
    return made;
  }

  *#classesFor(taker: Taker): Generator<ShelfClass<Tenant>> {
    for (const language of languages) {
      if (!takesLanguage(taker, language)) continue;
      for (const shelves of this.#classes[language]) {
        if (shelves.memorySteps > taker.memorySteps) break;
        if (takesClass(taker, shelves)) yield shelves;
      }
    }
  }

  #neediest(taker: Taker): Tenant | undefined {
    let best: Tenant | undefined;
    if (taker.namespaces) {
      for (const name of taker.namespaces) {
        const tenant = this.#tenants.get(name);
        if (!tenant || (best && !goesBefore(tenant, best))) continue;
        if (this.#bestShelf(tenant, taker, undefined)) best = tenant;
      }
      return best;
    }
    for (const { heap } of this.#classesFor(taker)) {
      const tenant = heap.peek()?.owner;
      if (tenant && (!best || goesBefore(tenant, best))) best = tenant;
    }
    return best;
  }

  #bestShelf(tenant: Tenant, taker: Taker, kind: CellKind | undefined): Shelf<Tenant> | undefined {
    let best: Shelf<Tenant> | undefined;
    for (const shelf of tenant.shelves) {
      if (!takesClass(taker, shelf)) continue;
      if (kind !== undefined && cellKindOf(shelf.language) !== kind) continue;
      if (!best || isBefore(shelf.head, best.head)) best = shelf;
    }
    return best;
  }

  #takeShelf(shelf: Shelf<Tenant> | undefined): LiveJob | undefined {
    const job = shelf?.shift();
    if (shelf && job) this.#taken(shelf, job);
    return job;
  }

  #taken(shelf: Shelf<Tenant>, job: LiveJob): void {
    this.#count(job, -1);
    if (shelf.size > 0) return;
    const tenant = shelf.owner;
    tenant.shelves.splice(tenant.shelves.indexOf(shelf), 1);
    shelf.of.heap.remove(shelf);
    if (shelf.of.heap.size === 0) {
      const classes = this.#classes[shelf.language];
      classes.splice(classes.indexOf(shelf.of), 1);
    }
    this.#rest(tenant);
  }

  #count(job: LiveJob, by: 1 | -1): void {
    this.#size += by;
    this.#waiting[job.language] += by;
    this.#tenant(job.namespace).waiting += by;
  }

  #reorder(tenant: Tenant): void {
    for (const shelf of tenant.shelves) shelf.of.heap.moved(shelf);
  }
}

function isOfClass(one: ClassNeed, other: ClassNeed): boolean {
  return (
    one.language === other.language &&
    one.memorySteps === other.memorySteps &&
    one.usesDatabase === other.usesDatabase &&
    one.placement === other.placement
  );
}

function isBefore(a: LiveJob | undefined, b: LiveJob | undefined): boolean {
  if (!a || !b) return a !== undefined;
  if (a.spec.priority !== b.spec.priority) return a.spec.priority > b.spec.priority;
  return a.seq < b.seq;
}
