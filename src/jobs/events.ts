import { Feed } from "../stdx/feed.ts";
import type { JobId } from "../stdx/ids.ts";
import type { JobRecord } from "./job.ts";
import type { LogPart } from "./log-position.ts";

export type JobEvent =
  | { readonly kind: "status"; readonly record: JobRecord }
  | {
      readonly kind: "log";
      readonly jobId: JobId;
      readonly namespace: string;
      readonly part: LogPart;
    }
  /** The reader was too slow: `missed` events were let go, and the stream ends here. */
  | { readonly kind: "lagged"; readonly missed: number };

/** One reader's events. Breaking off its loop, `close` or disposal ends it. It can be iterated once. */
export interface JobEventStream extends AsyncIterable<JobEvent>, Disposable {
  close(): void;
}

export interface EventBounds {
  /** How many events wait for one reader at most. */
  readonly bufferEventsMax: number;
  /** How many characters of log text wait for one reader at most. */
  readonly bufferCharsMax: number;
}

const boundsDefault: EventBounds = { bufferEventsMax: 10_000, bufferCharsMax: 4 * 1024 * 1024 };

interface Listener {
  /** Undefined for every namespace's. */
  readonly namespace: string | undefined;
  /** Which namespaces the reader may see; undefined for all. */
  readonly shown: ((namespace: string) => boolean) | undefined;
  readonly feed: Feed<JobEvent>;
}

/** Who listens to jobs, and what they still have to read. */
export class JobEvents implements Disposable {
  readonly #bounds: EventBounds;
  readonly #all = new Set<Listener>();
  readonly #byJob = new Map<JobId, Set<Feed<JobEvent>>>();
  #disposed = false;

  constructor(bounds: EventBounds = boundsDefault) {
    this.#bounds = bounds;
  }

  /** Every job's events from now on, or those of one namespace. */
  all(
    filter: { readonly namespace?: string | undefined } = {},
    shown?: (namespace: string) => boolean,
  ): JobEventStream {
    const feed = this.#newFeed(() => this.#all.delete(listener));
    const listener: Listener = { namespace: filter.namespace, shown, feed };
    if (this.#disposed) feed.close();
    else this.#all.add(listener);
    return feed;
  }

  /** One job's events from now on; the stream ends after `history` when `live` is false, else when the job has ended. */
  one(id: JobId, history: readonly JobEvent[], live: boolean): JobEventStream {
    const feed = this.#newFeed(() => this.#drop(id, feed));
    for (const event of history) push(feed, event);
    if (!live || this.#disposed) {
      feed.finish();
      return feed;
    }
    const feeds = this.#byJob.get(id);
    if (feeds) feeds.add(feed);
    else this.#byJob.set(id, new Set([feed]));
    return feed;
  }

  /** Whether anybody would hear of this job: spares the making of events that nobody reads. */
  heard(id: JobId): boolean {
    return this.#all.size > 0 || this.#byJob.has(id);
  }

  /** Whether anybody reads this job's own stream. */
  followed(id: JobId): boolean {
    return this.#byJob.has(id);
  }

  /** What a job printed and is told of only at its end: to those who read its own stream, since it may be much. */
  rest(id: JobId, namespace: string, part: LogPart): void {
    for (const feed of this.#byJob.get(id) ?? []) push(feed, { kind: "log", jobId: id, namespace, part });
  }

  status(record: JobRecord, ended: boolean): void {
    const { id, namespace } = record.spec;
    if (!this.heard(id)) return;
    this.#publish(id, namespace, { kind: "status", record });
    if (ended) for (const feed of this.#byJob.get(id) ?? []) feed.finish();
  }

  log(id: JobId, namespace: string, part: LogPart): void {
    if (this.heard(id)) this.#publish(id, namespace, { kind: "log", jobId: id, namespace, part });
  }

  /** Ends every stream. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const { feed } of this.#all) feed.close();
    for (const feeds of this.#byJob.values()) for (const feed of feeds) feed.close();
  }

  #publish(id: JobId, namespace: string, event: JobEvent): void {
    for (const { namespace: wanted, shown, feed } of this.#all) {
      if ((wanted === undefined || wanted === namespace) && (shown?.(namespace) ?? true)) push(feed, event);
    }
    for (const feed of this.#byJob.get(id) ?? []) push(feed, event);
  }

  #newFeed(left: () => void): Feed<JobEvent> {
    const { bufferEventsMax: itemsMax, bufferCharsMax: weightMax } = this.#bounds;
    return new Feed<JobEvent>({ itemsMax, weightMax }, (missed) => ({ kind: "lagged", missed }), left);
  }

  #drop(id: JobId, feed: Feed<JobEvent>): void {
    const feeds = this.#byJob.get(id);
    feeds?.delete(feed);
    if (feeds?.size === 0) this.#byJob.delete(id);
  }
}

/** Only log text is bulky. */
function push(feed: Feed<JobEvent>, event: JobEvent): void {
  feed.push(event, event.kind === "log" ? event.part.text.length : 0);
}
