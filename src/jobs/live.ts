import type { Meter } from "../meters/meter.ts";
import type { Clock } from "../stdx/clock.ts";
import { AppError } from "../stdx/errors.ts";
import type { VolunteerId } from "../stdx/ids.ts";
import type { Log } from "../stdx/log.ts";
import type { Ending } from "./ending.ts";
import type { JobEvents } from "./events.ts";
import { hasEnded, type JobEnd, type JobRecord, type JobSpec } from "./job.ts";
import { type EndedJob, LiveJob } from "./live-job.ts";
import type { LogPart } from "./log-position.ts";
import { RecentDispatches } from "./recent-dispatches.ts";
import type { JobStore } from "./store.ts";

const retryMsMin = 100;
const retryMsMax = 10_000;
/** Of how many ended jobs it is remembered when they were sent out. */
const rememberedMax = 10_000;

export interface LiveJobsParts {
  readonly store: Pick<JobStore, "progress" | "finish" | "get" | "output">;
  readonly events: JobEvents;
  readonly meter: Pick<Meter, "jobStarted" | "jobEnded">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LiveJobsBounds {
  /** How many ends may wait for the disk before no more jobs are handed out. */
  readonly unstoredMax: number;
  /** How many characters of output may wait for the disk before no more jobs are handed out. */
  readonly unstoredCharsMax: number;
}

const boundsDefault: LiveJobsBounds = { unstoredMax: 10_000, unstoredCharsMax: 64 * 1024 * 1024 };

/**
 * Every job that has not ended, and its passage from state to state. An end is stored before anybody hears of it; when
 * the disk refuses, the end is kept here and tried again, so that the job is neither lost nor run twice.
 */
export class LiveJobs implements AsyncDisposable {
  readonly #parts: LiveJobsParts;
  readonly #bounds: LiveJobsBounds;
  readonly #jobs = new Map<string, LiveJob>();
  /** How many there are, for namespaces that have some. */
  readonly #byNamespace = new Map<string, number>();
  /** Whose progress the store has yet to hear of: once per turn is enough, most jobs are over by then. */
  #unnoted = new Set<LiveJob>();
  readonly #dispatches = new RecentDispatches(rememberedMax);
  readonly #reliefs: (() => void)[] = [];
  #seq = 0;
  #running = 0;
  #unstored = 0;
  #unstoredChars = 0;
  #outage = false;
  #wasCongested = false;
  #disposing = Promise.withResolvers<void>();
  #disposed = false;
  #allStored: (() => void) | undefined;

  constructor(parts: LiveJobsParts, bounds: LiveJobsBounds = boundsDefault) {
    this.#parts = parts;
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** How many are at their turn on a volunteer. */
  get running(): number {
    return this.#running;
  }

  /** True while ends pile up before the disk: then nothing more should be started. */
  get congested(): boolean {
    return (
      this.#outage ||
      this.#unstored > this.#bounds.unstoredMax ||
      this.#unstoredChars > this.#bounds.unstoredCharsMax
    );
  }

  /** Calls when `congested` has become false. */
  onRelief(listener: () => void): void {
    this.#reliefs.push(listener);
  }

  /** How many jobs of a namespace have not ended. */
  unendedOf(namespace: string): number {
    return this.#byNamespace.get(namespace) ?? 0;
  }

  get(id: string): LiveJob | undefined {
    return this.#jobs.get(id);
  }

  /** When a job was sent to its volunteer, for its last run; undefined where that is not known any more. */
  dispatchedAt(id: string): number | undefined {
    const job = this.#jobs.get(id);
    return job ? job.dispatchedAt : this.#dispatches.of(id);
  }

  /** Takes in a job that is stored. */
  add(spec: JobSpec, losses = 0): LiveJob {
    const job = new LiveJob(spec, this.#seq++, losses);
    this.#jobs.set(spec.id, job);
    this.#byNamespace.set(spec.namespace, this.unendedOf(spec.namespace) + 1);
    this.#tell(job);
    return job;
  }

  /** The job has come to its turn on a volunteer. */
  start(job: LiveJob, volunteerId: VolunteerId): void {
    job.volunteerId = volunteerId;
    const nowMs = this.#parts.clock.now();
    job.startedAt = nowMs;
    this.#running++;
    const { language, namespace } = job;
    const waitMs = nowMs - job.spec.createdAt;
    this.#parts.meter.jobStarted({ language, namespace, waitMs, again: job.losses > 0 });
    this.#note(job);
  }

  /** The job waits again. */
  putBack(job: LiveJob, lost: boolean): void {
    if (lost) job.losses++;
    job.phase = "waiting";
    const changed = lost || job.startedAt !== undefined;
    const { volunteerId, startedAt } = job;
    if (job.trace && volunteerId !== undefined && startedAt !== undefined) {
      job.trace.lost(volunteerId, startedAt, this.#parts.clock.now());
    }
    this.#stop(job);
    job.forgetTail();
    if (changed) this.#note(job);
  }

  print(job: LiveJob, stream: LogPart["stream"], text: string): void {
    this.#parts.events.log(job.id, job.namespace, job.print(stream, text));
  }

  /** Calls once when the job has ended and that is stored. @returns takes the listener back */
  onEnd(job: LiveJob, listener: (ended: EndedJob) => void): () => void {
    job.listeners ??= new Set();
    job.listeners.add(listener);
    return () => job.listeners?.delete(listener);
  }

  /**
   * Ends the job.
   * @returns true once that is stored; false when the first try failed: it will be stored when the disk takes it
   */
  end(job: LiveJob, ending: Ending): Promise<boolean> {
    const end: JobEnd = {
      status: ending.status,
      error: ending.error,
      errorCode: ending.errorCode,
      stats: ending.stats,
      attempts: job.attempts,
      volunteerId: job.volunteerId,
      startedAt: job.startedAt,
      completedAt: this.#parts.clock.now(),
    };
    job.phase = "ending";
    this.#unnoted.delete(job);
    this.#unstored++;
    this.#unstoredChars += charsOf(ending);
    const firstTry = this.#store(job, end, ending);
    void firstTry.then((stored) => (stored ? undefined : this.#storeLater(job, end, ending)));
    return firstTry;
  }

  /** Waits until every end that was reached is stored; one that the disk still refuses is given up after a last try. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#disposing.resolve();
    if (this.#unstored === 0) return;
    const stored = Promise.withResolvers<void>();
    this.#allStored = stored.resolve;
    await stored.promise;
  }

  /** @returns whether the store has taken it */
  async #store(job: LiveJob, end: JobEnd, ending: Ending): Promise<boolean> {
    let first: boolean;
    try {
      first = await this.#parts.store.finish(job.id, end, ending.output);
    } catch (error) {
      this.#refused(job, error);
      return false;
    }
    this.#stored(job, first ? { record: { spec: job.spec, state: end }, output: ending.output } : undefined);
    this.#settled(ending);
    return true;
  }

  async #storeLater(job: LiveJob, end: JobEnd, ending: Ending): Promise<void> {
    for (let delayMs = retryMsMin; ; delayMs = Math.min(delayMs * 2, retryMsMax)) {
      const lastTry = this.#disposed;
      const pause = Promise.withResolvers<void>();
      const timer = this.#parts.clock.after(delayMs, pause.resolve);
      await Promise.race([pause.promise, this.#disposing.promise]);
      timer.cancel();
      if (await this.#store(job, end, ending)) return;
      if (lastTry) break;
    }
    this.#settled(ending);
  }

  #countOut(namespace: string): void {
    const left = this.unendedOf(namespace) - 1;
    if (left === 0) this.#byNamespace.delete(namespace);
    else this.#byNamespace.set(namespace, left);
  }

  #refused(job: LiveJob, error: unknown): void {
    const outage = error instanceof AppError && error.code === "storage_unavailable";
    // Anything else concerns this one job, and the others may go on.
    if (outage && !this.#outage) {
      this.#parts.log.error(
        { err: error },
        "the disk refuses results; no job is handed out until it takes them",
      );
    } else if (!outage) {
      this.#parts.log.error({ err: error, job: job.id }, `the end of job ${job.id} could not be stored`);
    }
    if (outage) {
      this.#outage = true;
      this.#wasCongested = true;
    }
  }

  /** @param ended undefined when the store knew another end already */
  #stored(job: LiveJob, ended: EndedJob | undefined): void {
    this.#outage = false;
    if (job.dispatchedAt !== undefined) this.#dispatches.note(job.id, job.dispatchedAt);
    this.#stop(job);
    if (this.#jobs.delete(job.id)) this.#countOut(job.namespace);
    if (ended) {
      this.#measure(job, ended.record);
      this.#announce(job, ended);
    } else void this.#announceStored(job);
  }

  #measure({ trace }: LiveJob, { spec: { language, namespace, createdAt }, state }: JobRecord): void {
    if (!hasEnded(state)) return;
    trace?.ended(state);
    const { status, errorCode, startedAt, completedAt, stats } = state;
    const runMs = startedAt === undefined ? undefined : completedAt - startedAt;
    const totalMs = completedAt - createdAt;
    this.#parts.meter.jobEnded({
      language,
      namespace,
      status,
      errorCode,
      runMs,
      wallMs: stats?.wall_ms,
      totalMs,
    });
  }

  #settled(ending: Ending): void {
    if (this.congested) this.#wasCongested = true;
    this.#unstored--;
    this.#unstoredChars -= charsOf(ending);
    if (this.#wasCongested && !this.congested) {
      this.#wasCongested = false;
      for (const listener of this.#reliefs) listener();
    }
    if (this.#unstored === 0) this.#allStored?.();
  }

  /** Somebody else has ended the job, on a shared database: then theirs is the end. */
  async #announceStored(job: LiveJob): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const [record, output] = await Promise.all([store.get(job.id), store.output(job.id)]);
      if (record && output) this.#announce(job, { record, output });
    } catch (error) {
      log.error({ err: error, job: job.id }, `the stored end of job ${job.id} could not be read`);
    }
  }

  #announce(job: LiveJob, ended: EndedJob): void {
    const { status, attempts } = ended.record.state;
    this.#parts.log.debug({ job: job.id, namespace: job.namespace, status, attempts }, "a job ended");
    const { events } = this.#parts;
    if (events.followed(job.id)) {
      const { attempts } = ended.record.state;
      for (const part of job.unprinted(ended.output, attempts)) events.rest(job.id, job.namespace, part);
    }
    events.status(ended.record, true);
    if (!job.listeners) return;
    for (const listener of job.listeners) listener(ended);
    job.listeners = undefined;
  }

  #stop(job: LiveJob): void {
    if (job.startedAt !== undefined) this.#running--;
    job.dispatchedAt = undefined;
    job.startedAt = undefined;
    job.volunteerId = undefined;
  }

  #note(job: LiveJob): void {
    this.#tell(job);
    if (this.#unnoted.size === 0) queueMicrotask(() => this.#noteAll());
    this.#unnoted.add(job);
  }

  #noteAll(): void {
    const jobs = this.#unnoted;
    this.#unnoted = new Set();
    for (const job of jobs) this.#parts.store.progress(job.id, job.progress);
  }

  #tell(job: LiveJob): void {
    if (this.#parts.events.heard(job.id)) this.#parts.events.status(job.record, false);
  }
}

function charsOf({ output }: Ending): number {
  return (output.resultJson?.length ?? 0) + output.stdout.length + output.stderr.length;
}
