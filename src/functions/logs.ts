import { type FunctionLogLevel, logLimits } from "../protocol/functions.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { Feed } from "../stdx/feed.ts";
import type { Log } from "../stdx/log.ts";
import { type CallNote, type LogLine, linesOf, textOf, weightOf } from "./log-line.ts";
import type { LogBatch, LogStore } from "./log-store.ts";

export interface LogFilter {
  readonly limit: number;
  /** Milliseconds since the Unix epoch. */
  readonly since?: number | undefined;
  readonly level?: FunctionLogLevel | undefined;
  /** Text that a line has somewhere in it, whatever the case. */
  readonly q?: string | undefined;
  /** Only lines with a higher number. */
  readonly after?: number | undefined;
}

export type LogEvent =
  | { readonly kind: "line"; readonly line: LogLine }
  /** The reader was too slow: `missed` lines were let go, and the feed ends here. */
  | { readonly kind: "lagged"; readonly missed: number };

export interface LogParts {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly log: Pick<Log, "warn">;
}

/** Lines wait so long for others to be written with them; a crash loses no more than that. */
const delayMs = 1000;
/** What waits to be written takes no more memory than this; beyond it lines are let go. */
const pendingWeightMax = 32 * 1024 * 1024;
/** When so much waits, it is not left to wait longer. */
const pendingWeightEnough = 4 * 1024 * 1024;
/** So much is written at once: it holds the event loop for a few milliseconds. */
const portionWeight = 1024 * 1024;
const feedBounds = { itemsMax: 10_000, weightMax: 4 * 1024 * 1024 };

interface Waiting extends LogBatch {
  readonly lines: LogLine[];
}

interface Follower {
  readonly filter: LogFilter;
  push(line: LogLine): void;
}

/**
 * What functions print and how their calls went. Noting costs the call next to nothing: lines gather in memory and are
 * written together, at the latest after a second.
 */
export class FunctionLogs implements AsyncDisposable {
  readonly #parts: LogParts;
  #waiting = new Map<string, Waiting>();
  /** Of all lines that are not written yet, and of those among them that are not being written. */
  #weight = 0;
  #gathered = 0;
  #missed = 0;
  #lastSeq = 0;
  #timer: Timer | undefined;
  #written: Promise<void> = Promise.resolve();
  readonly #followers = new Map<string, Set<Follower>>();
  readonly #feeds = new Set<Feed<LogEvent>>();
  #disposed = false;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  /** Never waits. */
  note(note: CallNote): void {
    if (this.#disposed) return;
    const { namespace, path } = note;
    const key = keyOf(namespace, path);
    const now = this.#parts.clock.now();
    const lines = linesOf(note, now, () => this.#nextSeq(now));
    const followers = this.#followers.get(key);
    if (followers) for (const line of lines) for (const follower of followers) follower.push(line);
    if (this.#weight > pendingWeightMax) {
      this.#missed += lines.length;
      return;
    }
    let waiting = this.#waiting.get(key);
    if (!waiting) {
      waiting = { namespace, path, lines: [] };
      this.#waiting.set(key, waiting);
    }
    for (const line of lines) waiting.lines.push(line);
    const weight = sumOf(lines);
    this.#weight += weight;
    this.#gathered += weight;
    if (this.#gathered >= pendingWeightEnough) void this.flush();
    else this.#timer ??= this.#parts.clock.after(delayMs, () => void this.flush());
  }

  /** The newest lines that pass the filter, oldest first. */
  async read(namespace: string, path: string, filter: LogFilter): Promise<readonly LogLine[]> {
    await this.flush();
    const since = Math.max(filter.since ?? 0, this.#parts.clock.now() - logLimits.retentionMs);
    const passes = passing(filter);
    const found: LogLine[] = [];
    for await (const part of this.#parts.store.newestFirst(namespace, path)) {
      for (const line of part.toReversed()) {
        if (line.at < since || line.seq <= (filter.after ?? 0)) return found.reverse();
        if (!passes(line)) continue;
        found.push(line);
        if (found.length === filter.limit) return found.reverse();
      }
    }
    return found.reverse();
  }

  /** What `read` answers, then every line that passes the filter as it comes. To be closed by whoever reads it. */
  async follow(namespace: string, path: string, filter: LogFilter): Promise<Feed<LogEvent>> {
    const passes = passing(filter);
    const key = keyOf(namespace, path);
    // Those that come while the past is read have to wait behind it.
    let held: LogLine[] | undefined = [];
    const follower: Follower = {
      filter,
      push(line) {
        if (!passes(line)) return;
        if (held) held.push(line);
        else feed.push({ kind: "line", line }, weightOf(line));
      },
    };
    const feed = new Feed<LogEvent>(
      feedBounds,
      (missed) => ({ kind: "lagged", missed }),
      () => {
        this.#feeds.delete(feed);
        this.#leave(key, follower);
      },
    );
    this.#join(key, follower);
    this.#feeds.add(feed);
    try {
      const past = await this.read(namespace, path, filter);
      const last = past.at(-1)?.seq ?? 0;
      for (const line of past) feed.push({ kind: "line", line });
      for (const line of held) if (line.seq > last) feed.push({ kind: "line", line }, weightOf(line));
    } catch (error) {
      feed.close();
      throw error;
    }
    held = undefined;
    if (this.#disposed) feed.close();
    return feed;
  }

  /** Writes what waits. Resolves when it is written, or let go because the disk refused it. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#gathered = 0;
    if (waiting.length > 0) this.#written = this.#written.then(() => this.#write(waiting));
    return this.#written;
  }

  /** Writes what waits and takes nothing more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const feed of this.#feeds) feed.close();
    await this.flush();
  }

  async #write(waiting: readonly LogBatch[]): Promise<void> {
    for (const [batch, weight] of inPortions(waiting)) await this.#append(batch, weight);
    if (this.#missed === 0) return;
    this.#parts.log.warn({ lines: this.#missed }, "lines of functions' logs were let go: too many at once");
    this.#missed = 0;
  }

  async #append(batch: readonly LogBatch[], weight: number): Promise<void> {
    try {
      await this.#parts.store.append(batch, logLimits);
    } catch (error) {
      this.#parts.log.warn({ err: error }, "lines of functions' logs could not be written and are lost");
    }
    this.#weight -= weight;
  }

  /** Microseconds since the epoch, so that numbers rise across restarts; a burst takes those of the near future. */
  #nextSeq(now: number): number {
    this.#lastSeq = Math.max(this.#lastSeq + 1, now * 1000);
    return this.#lastSeq;
  }

  #join(key: string, follower: Follower): void {
    const followers = this.#followers.get(key);
    if (followers) followers.add(follower);
    else this.#followers.set(key, new Set([follower]));
  }

  #leave(key: string, follower: Follower): void {
    const followers = this.#followers.get(key);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(key);
  }
}

/** No namespace has a slash, so no two functions share a key. */
function keyOf(namespace: string, path: string): string {
  return `${namespace}/${path}`;
}

function sumOf(lines: readonly LogLine[]): number {
  let sum = 0;
  for (const line of lines) sum += weightOf(line);
  return sum;
}

function passing({ level, q }: LogFilter): (line: LogLine) => boolean {
  const wanted = q?.toLowerCase();
  return (line) =>
    (level === undefined || line.level === level) &&
    (wanted === undefined || textOf(line).toLowerCase().includes(wanted));
}

/** Parts the batches so that no portion is much heavier than it should be, even where a single log is. */
function* inPortions(batches: readonly LogBatch[]): Generator<[batches: LogBatch[], weight: number]> {
  let portion: LogBatch[] = [];
  let weight = 0;
  for (const { namespace, path, lines } of batches) {
    let start = 0;
    for (const [index, line] of lines.entries()) {
      weight += weightOf(line);
      if (weight < portionWeight) continue;
      portion.push({ namespace, path, lines: lines.slice(start, index + 1) });
      yield [portion, weight];
      start = index + 1;
      portion = [];
      weight = 0;
    }
    if (start < lines.length) portion.push({ namespace, path, lines: lines.slice(start) });
  }
  if (portion.length > 0) yield [portion, weight];
}
