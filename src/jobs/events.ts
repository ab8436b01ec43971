import { Deque } from "../stdx/deque.ts";
import type { JobId } from "../stdx/ids.ts";
import type { JobRecord } from "./job.ts";

export type JobEvent =
  | { readonly kind: "status"; readonly record: JobRecord }
  | {
      readonly kind: "log";
      readonly jobId: JobId;
      readonly namespace: string;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
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

/** Who listens to jobs, and what they still have to read. */
export class JobEvents implements Disposable {
  readonly #bounds: EventBounds;
  readonly #all = new Set<Stream>();
  readonly #byJob = new Map<JobId, Set<Stream>>();
  #disposed = false;

  constructor(bounds: EventBounds = boundsDefault) {
    this.#bounds = bounds;
  }

  /** Every job's events from now on, or those of one namespace. */
  all(filter: { readonly namespace?: string | undefined } = {}): JobEventStream {
    const stream = new Stream(this.#bounds, filter.namespace, () => this.#all.delete(stream));
    if (this.#disposed) stream.close();
    else this.#all.add(stream);
    return stream;
  }

  /** One job's events from now on; the stream ends after `history` when `live` is false, else when the job has ended. */
  one(id: JobId, history: readonly JobEvent[], live: boolean): JobEventStream {
    const stream = new Stream(this.#bounds, undefined, () => this.#drop(id, stream));
    for (const event of history) stream.push(event);
    if (!live || this.#disposed) {
      stream.finish();
      return stream;
    }
    const streams = this.#byJob.get(id);
    if (streams) streams.add(stream);
    else this.#byJob.set(id, new Set([stream]));
    return stream;
  }

  /** Whether anybody would hear of this job: spares the making of events that nobody reads. */
  heard(id: JobId): boolean {
    return this.#all.size > 0 || this.#byJob.has(id);
  }

  status(record: JobRecord, ended: boolean): void {
    const { id, namespace } = record.spec;
    if (!this.heard(id)) return;
    this.#publish(id, namespace, { kind: "status", record });
    if (ended) for (const stream of this.#byJob.get(id) ?? []) stream.finish();
  }

  log(id: JobId, namespace: string, stream: "stdout" | "stderr", text: string): void {
    if (this.heard(id)) this.#publish(id, namespace, { kind: "log", jobId: id, namespace, stream, text });
  }

  /** Ends every stream. */
  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const stream of this.#all) stream.close();
    for (const streams of this.#byJob.values()) for (const stream of streams) stream.close();
  }

  #publish(id: JobId, namespace: string, event: JobEvent): void {
    for (const stream of this.#all) if (stream.wants(namespace)) stream.push(event);
    for (const stream of this.#byJob.get(id) ?? []) stream.push(event);
  }

  #drop(id: JobId, stream: Stream): void {
    const streams = this.#byJob.get(id);
    streams?.delete(stream);
    if (streams?.size === 0) this.#byJob.delete(id);
  }
}

/** The buffer between a publisher that never waits and one reader. */
class Stream implements JobEventStream {
  readonly #bounds: EventBounds;
  readonly #namespace: string | undefined;
  readonly #left: () => void;
  readonly #events = new Deque<JobEvent>();
  #chars = 0;
  #finished = false;
  #wake: (() => void) | undefined;

  constructor(bounds: EventBounds, namespace: string | undefined, left: () => void) {
    this.#bounds = bounds;
    this.#namespace = namespace;
    this.#left = left;
  }

  wants(namespace: string): boolean {
    return this.#namespace === undefined || this.#namespace === namespace;
  }

  push(event: JobEvent): void {
    if (this.#finished) return;
    const chars = event.kind === "log" ? event.text.length : 0;
    const { bufferEventsMax, bufferCharsMax } = this.#bounds;
    if (this.#events.size >= bufferEventsMax || this.#chars + chars > bufferCharsMax) {
      const missed = this.#events.size + 1;
      this.#events.filter(() => false);
      this.#events.pushBack({ kind: "lagged", missed });
      this.finish();
      return;
    }
    this.#chars += chars;
    this.#events.pushBack(event);
    this.#wake?.();
  }

  /** What was pushed is still read, then the stream is over. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#left();
    this.#wake?.();
  }

  close(): void {
    this.#events.filter(() => false);
    this.finish();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<JobEvent> {
    try {
      for (;;) {
        const event = this.#events.popFront();
        if (event) {
          if (event.kind === "log") this.#chars -= event.text.length;
          yield event;
        } else if (this.#finished) {
          return;
        } else {
          const wake = Promise.withResolvers<void>();
          this.#wake = wake.resolve;
          await wake.promise;
          this.#wake = undefined;
        }
      }
    } finally {
      this.close();
    }
  }
}
