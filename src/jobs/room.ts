import { refuse } from "../protocol/errors.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { LiveJobs } from "./live.ts";
import type { NewJob } from "./submission.ts";

export interface RoomParts {
  readonly live: Pick<LiveJobs, "unendedOf">;
  readonly dispatcher: Pick<Dispatcher, "queue" | "queueMax" | "throughput">;
  /** How many unended jobs a namespace may have; undefined: no bound of its own. */
  readonly perNamespaceMax: number | undefined;
}

/** Room for new jobs, in the queue and in their namespaces. */
export class Room {
  readonly #parts: RoomParts;
  /** Places in the queue for jobs that are being stored. */
  #reserved = 0;
  /** The same by namespace, where namespaces have a bound of their own. */
  readonly #reservedIn = new Map<string, number>();

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /**
   * Keeps places for jobs until they are stored and counted. Refuses with `queue_full`, `too_many_jobs`.
   * @returns gives the places back
   */
  reserve(jobs: readonly NewJob[]): () => void {
    this.#checkQueue(jobs.length);
    const counts = this.#parts.perNamespaceMax === undefined ? undefined : countByNamespace(jobs);
    for (const [namespace, count] of counts ?? []) this.#checkNamespace(namespace, count);
    this.#reserved += jobs.length;
    for (const [namespace, count] of counts ?? []) this.#take(namespace, count);
    return () => {
      this.#reserved -= jobs.length;
      for (const [namespace, count] of counts ?? []) this.#take(namespace, -count);
    };
  }

  #checkQueue(count: number): void {
    const { queue, queueMax, throughput } = this.#parts.dispatcher;
    const missing = queue.size + this.#reserved + count - queueMax;
    if (missing <= 0) return;
    throw refuse(
      "queue_full",
      `The queue has no room for ${count} more jobs; it holds at most ${queueMax}.`,
      {
        details: { retry_after_seconds: throughput.secondsFor(missing), queue_max: queueMax },
      },
    );
  }

  #checkNamespace(namespace: string, count: number): void {
    const { live, dispatcher, perNamespaceMax: limit = Number.POSITIVE_INFINITY } = this.#parts;
    const missing = live.unendedOf(namespace) + (this.#reservedIn.get(namespace) ?? 0) + count - limit;
    if (missing <= 0) return;
    throw refuse(
      "too_many_jobs",
      `${namespace} may have ${limit} jobs that wait or run, and has no room for ${count} more.`,
      { details: { what: "jobs", limit, retry_after_seconds: dispatcher.throughput.secondsFor(missing) } },
    );
  }

  #take(namespace: string, count: number): void {
    const reserved = (this.#reservedIn.get(namespace) ?? 0) + count;
    if (reserved === 0) this.#reservedIn.delete(namespace);
    else this.#reservedIn.set(namespace, reserved);
  }
}

function countByNamespace(jobs: readonly NewJob[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [{ namespace }] of jobs) counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  return counts;
}
