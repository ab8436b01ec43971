import { Deque } from "../stdx/deque.ts";
import { Heap, type HeapItem } from "../stdx/heap.ts";
import type { LiveJob } from "./live-job.ts";
import type { ClassNeed } from "./match.ts";

/** Below this many it isn't worth sweeping out what was cancelled. */
const deadMin = 64;

/** The waiting jobs of one priority: those that came back, by age, and those that never went, in order of arrival. */
class Level {
  readonly back = new Heap<LiveJob>((a, b) => a.seq < b.seq);
  readonly fresh = new Deque<LiveJob>();
  /** How many of `fresh` were taken out in the middle, and are only passed over. */
  dead = 0;

  get size(): number {
    return this.back.size + this.fresh.size - this.dead;
  }

  /** What came back was submitted before everything that still is fresh, but for what a restart has mixed. */
  get head(): LiveJob | undefined {
    for (;;) {
      const fresh = this.fresh.at(0);
      if (fresh === undefined || fresh.queued) return this.back.peek() ?? fresh;
      this.fresh.popFront();
      this.dead--;
    }
  }

  /** How many were submitted before a job. */
  olderThan(job: LiveJob): number {
    let older = this.back.count((other) => other.seq < job.seq);
    for (const other of this.fresh) if (other.queued && other.seq < job.seq) older++;
    return older;
  }

  /** Takes out the head. */
  shift(): void {
    if (!this.back.pop()) this.fresh.popFront();
  }

  remove(job: LiveJob): void {
    if (job.heapAt >= 0) {
      this.back.remove(job);
      return;
    }
    this.dead++;
    if (this.dead < deadMin || this.dead < this.fresh.size / 2) return;
    this.fresh.filter((other) => other.queued);
    this.dead = 0;
  }
}

/** The shelves of one class, the neediest namespace first. */
export interface ShelfClass<Owner> extends ClassNeed {
  readonly heap: Heap<Shelf<Owner>>;
}

/** The waiting jobs of one namespace and one class, by priority. It lies in the heap of its class while it has any. */
export class Shelf<Owner> implements HeapItem, ClassNeed {
  heapAt = -1;
  readonly owner: Owner;
  readonly of: ShelfClass<Owner>;
  readonly #levels: (Level | undefined)[] = [];
  /** One bit per priority that has jobs. */
  #filled = 0;
  #size = 0;

  constructor(owner: Owner, of: ShelfClass<Owner>) {
    this.owner = owner;
    this.of = of;
  }

  get language(): ClassNeed["language"] {
    return this.of.language;
  }

  get memorySteps(): number {
    return this.of.memorySteps;
  }

  get size(): number {
    return this.#size;
  }

  get usesDatabase(): boolean {
    return this.of.usesDatabase;
  }

  get placement(): ClassNeed["placement"] {
    return this.of.placement;
  }

  /** Its entries, with those that were taken out and are only passed over. */
  get held(): number {
    return this.#levels.reduce((sum, level) => sum + (level ? level.size + level.dead : 0), 0);
  }

  /** The job whose turn it is: highest priority, then those that came back, then the oldest. */
  get head(): LiveJob | undefined {
    return this.#top?.head;
  }

  /** How many of this shelf go before a job, which may wait on another shelf of the namespace. */
  aheadOf(job: LiveJob): number {
    let ahead = 0;
    for (let priority = job.spec.priority + 1; priority < this.#levels.length; priority++) {
      ahead += this.#levels[priority]?.size ?? 0;
    }
    return ahead + (this.#levels[job.spec.priority]?.olderThan(job) ?? 0);
  }

  push(job: LiveJob): void {
    this.#enter(job).fresh.pushBack(job);
  }

  putBack(job: LiveJob): void {
    this.#enter(job).back.push(job);
  }

  /** Takes out the head. */
  shift(): LiveJob | undefined {
    const level = this.#top;
    const job = level?.head;
    if (!level || !job) return undefined;
    level.shift();
    this.#left(level, job);
    return job;
  }

  remove(job: LiveJob): void {
    const level = this.#levels[job.spec.priority];
    if (!level || !job.queued) return;
    job.queued = false;
    level.remove(job);
    this.#left(level, job);
  }

  get #top(): Level | undefined {
    return this.#levels[31 - Math.clz32(this.#filled)];
  }

  #enter(job: LiveJob): Level {
    const { priority } = job.spec;
    this.#filled |= 1 << priority;
    this.#size++;
    job.queued = true;
    this.#levels[priority] ??= new Level();
    return this.#levels[priority];
  }

  #left(level: Level, job: LiveJob): void {
    job.queued = false;
    this.#size--;
    if (level.size > 0) return;
    this.#filled &= ~(1 << job.spec.priority);
    this.#levels[job.spec.priority] = undefined;
  }
}
