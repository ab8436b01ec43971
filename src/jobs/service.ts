import type { DatabaseModules } from "../blocks/database-modules.ts";
import type { BlockStore } from "../blocks/store.ts";
import type { Meter } from "../meters/meter.ts";
import type { TraceParent } from "../meters/tracer.ts";
import { isHttpError, refuse } from "../protocol/errors.ts";
import type { JobStatus, JobSubmission, JobTimings, JobVolunteer, WaitingFor } from "../protocol/job.ts";
import type { Language } from "../protocol/languages.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Cid, JobId } from "../stdx/ids.ts";
import type { VolunteerRegistry } from "../volunteers/registry.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { JobEvent, JobEventStream, JobEvents } from "./events.ts";
import { hasEnded, type JobOutput, type JobPayload, type JobRecord, type JobSpec } from "./job.ts";
import { JobTrace } from "./job-trace.ts";
import type { LiveJobs } from "./live.ts";
import type { LiveJob } from "./live-job.ts";
import { atBeginning, type LogPart, type LogPosition, unread } from "./log-position.ts";
import type { PayloadCache } from "./payloads.ts";
import { Room } from "./room.ts";
import type { JobFilter, JobListPage, JobStore } from "./store.ts";
import { type JobDefaults, type NewJob, newJob, submissionOf } from "./submission.ts";
import { jobTimings } from "./timings.ts";
import type { Webhook } from "./webhook-store.ts";
import type { Webhooks } from "./webhooks.ts";

export interface SubmitOptions {
  /** The Idempotency-Key with the SHA-256 of the canonical body, hex. */
  readonly idempotency?: { readonly key: string; readonly bodyHash: string } | undefined;
  /** What the jobs' spans belong to; undefined where nothing is traced. */
  readonly trace?: TraceParent | undefined;
}

export interface Submitted {
  /** In the order submitted. */
  readonly jobs: readonly JobRecord[];
  /** True when the Idempotency-Key had been used before and these are the jobs of then. */
  readonly replayed: boolean;
}

/** A job with its bulk. */
export interface JobWhole extends JobRecord {
  readonly payload: JobPayload;
  /** Undefined until it has ended. */
  readonly output: JobOutput | undefined;
  readonly timings: JobTimings;
  readonly volunteer: JobVolunteer | undefined;
  /** Undefined unless it waits. */
  readonly waitingFor: WaitingFor | undefined;
}

export interface JobTotals {
  readonly byStatus: Readonly<Record<JobStatus, number>>;
  readonly queue: {
    readonly depth: number;
    readonly max: number;
    readonly byLanguage: Readonly<Record<Language, number>>;
    /** The namespaces with the most waiting jobs, at most 100. */
    readonly byNamespace: Readonly<Record<string, number>>;
  };
}

export interface JobServiceParts {
  readonly store: JobStore;
  readonly blocks: Pick<BlockStore, "has">;
  readonly modules: Pick<DatabaseModules, "uses">;
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly dispatcher: Dispatcher;
  readonly volunteers: Pick<VolunteerRegistry, "whois">;
  readonly events: JobEvents;
  readonly webhooks: Pick<Webhooks, "wish" | "takeUnended" | "ended">;
  readonly meter: Pick<Meter, "jobAccepted">;
  readonly clock: Clock;
}

const namespacesShownMax = 100;
const noModules: ReadonlyMap<string, boolean> = new Map();
const noWishes: ReadonlyMap<JobId, Webhook> = new Map();

/** What a client can do with jobs. Methods that take an id refuse with `job_not_found`. */
export class JobService implements Disposable {
  readonly #parts: JobServiceParts;
  readonly #defaults: JobDefaults;
  readonly #room: Room;
  /** Submissions with an Idempotency-Key that are under way: a second one with the same key waits for the first. */
  readonly #submitting = new Map<string, Promise<void>>();
  #stopping = false;

  constructor(parts: JobServiceParts, defaults: JobDefaults) {
    this.#parts = parts;
    this.#defaults = defaults;
    this.#room = new Room({ ...parts, perNamespaceMax: defaults.perNamespaceMax });
  }

  /** Puts the store's unfinished jobs back in the queue. Call once, before the doors open. @returns how many */
  async recover(): Promise<number> {
    const { store, live, dispatcher, webhooks } = this.#parts;
    let count = 0;
    for await (const { spec, state } of store.unfinished()) {
      const job = live.add(spec, state.attempts);
      if (webhooks.takeUnended(spec.id)) live.onEnd(job, (ended) => webhooks.ended(ended));
      dispatcher.enqueue(job, state.attempts > 0);
      count++;
    }
    return count;
  }

  /**
   * Durable when resolved. All or none. Refuses with `payload_too_large`, `wasm_not_found`, `queue_full` (details:
   * `retry_after_seconds`), `too_many_jobs`, `idempotency_conflict`, `storage_unavailable`, `shutting_down`.
   */
  async submit(submissions: readonly JobSubmission[], options: SubmitOptions = {}): Promise<Submitted> {
    if (this.#stopping) throw refuse("shutting_down", "The orchestrator is stopping and takes no new jobs.");
    const { idempotency } = options;
    if (!idempotency) return { jobs: await this.#accept(submissions, options), replayed: false };
    const { key, bodyHash } = idempotency;
    while (this.#submitting.has(key)) await this.#submitting.get(key);
    const done = Promise.withResolvers<void>();
    this.#submitting.set(key, done.promise);
    try {
      const before = await this.#replay(key, bodyHash);
      if (before) return { jobs: before, replayed: true };
      return { jobs: await this.#accept(submissions, options), replayed: false };
    } catch (error) {
      // Another orchestrator on the same database was faster: then its jobs are the answer.
      const late = isHttpError(error) && error.code === "idempotency_conflict";
      const others = late ? await this.#replay(key, bodyHash) : undefined;
      if (others) return { jobs: others, replayed: true };
      throw error;
    } finally {
      this.#submitting.delete(key);
      done.resolve();
    }
  }

  /** Submits a job that asks for what an earlier one asked for, but tells nobody of its end. Refuses as `submit` does. */
  async rerun(id: string, options: SubmitOptions = {}): Promise<Submitted> {
    const { spec } = await this.get(id);
    const payload = await this.#parts.payloads.load(spec.id);
    if (!payload) throw unknownJob(id);
    return this.submit([submissionOf(spec, payload)], options);
  }

  async get(id: string): Promise<JobRecord> {
    const job = this.#parts.live.get(id);
    const record = job ? job.record : await this.#parts.store.get(checkedId(id));
    if (!record) throw unknownJob(id);
    return record;
  }

  /** How many jobs of a namespace wait or run. */
  unendedOf(namespace: string): number {
    return this.#parts.live.unendedOf(namespace);
  }

  async whole(id: string): Promise<JobWhole> {
    const record = await this.get(id);
    const [payload, output] = await Promise.all([
      this.#parts.payloads.load(record.spec.id),
      hasEnded(record.state) ? this.#parts.store.output(record.spec.id) : undefined,
    ]);
    // Its retention may have passed in between.
    if (!payload) throw unknownJob(id);
    return { ...record, payload, output, ...this.#traceOf(record) };
  }

  #traceOf(record: JobRecord): Pick<JobWhole, "timings" | "volunteer" | "waitingFor"> {
    const { live, dispatcher, volunteers, clock } = this.#parts;
    const { spec, state } = record;
    const job = live.get(spec.id);
    return {
      timings: jobTimings(record, live.dispatchedAt(spec.id), clock.now()),
      volunteer: state.volunteerId === undefined ? undefined : volunteers.whois(state.volunteerId),
      waitingFor: job && state.status === "pending" ? dispatcher.whyWaiting(job) : undefined,
    };
  }

  /** Newest first. @param shown which namespaces the reader may see */
  async list(filter: JobFilter, shown?: (namespace: string) => boolean): Promise<JobListPage> {
    const { store, live } = this.#parts;
    const among = shown && (await store.namespaces()).filter(shown);
    const page = await store.list({ ...filter, among });
    if (filter.status !== undefined) return page;
    const jobs = page.jobs.map((item) => {
      const job = hasEnded(item.state) ? undefined : live.get(item.spec.id);
      return job ? { ...item, state: job.progress } : item;
    });
    return { jobs, total: page.total };
  }

  /** Durable when resolved; refuses with `job_ended`, `storage_unavailable`. */
  async cancel(id: string): Promise<void> {
    const job = this.#parts.live.get(id);
    if (!job || job.phase === "ending") {
      const record = await this.get(id);
      throw refuse("job_ended", `Job ${record.spec.id} has already ended.`);
    }
    if (await this.#parts.dispatcher.cancel(job)) return;
    throw refuse("storage_unavailable", "The job is stopped, but the disk has not yet taken its end.");
  }

  /** The job as soon as it has ended, or as it stands when `timeoutMs` have passed or `signal` was aborted. */
  async waitForEnd(id: string, timeoutMs: number, signal?: AbortSignal): Promise<JobWhole> {
    const job = this.#parts.live.get(id);
    if (job && timeoutMs > 0 && !signal?.aborted) await this.#end(job, timeoutMs, signal);
    return this.whole(id);
  }

  /**
   * What happened to the job so far, then what happens to it; done after its end.
   * @param read what of its output the reader has already
   */
  async watch(id: string, read: LogPosition = atBeginning): Promise<JobEventStream> {
    const { live, store, events } = this.#parts;
    const job = live.get(id);
    if (job) {
      const printed = job.tail.flatMap((part) => unread(part, read) ?? []);
      const history = printed.map((part) => logEvent(job.spec, part));
      return events.one(job.id, [{ kind: "status", record: job.record }, ...history], true);
    }
    const record = await this.get(id);
    const output = await store.output(record.spec.id);
    const { attempts: attempt } = record.state;
    const printed: LogPart[] = [
      { attempt, stream: "stdout", at: 0, text: output?.stdout ?? "" },
      { attempt, stream: "stderr", at: 0, text: output?.stderr ?? "" },
    ];
    const left = printed.flatMap((part) => unread(part, read) ?? []);
    const history = left.filter(({ text }) => text !== "").map((part) => logEvent(record.spec, part));
    return events.one(record.spec.id, [...history, { kind: "status", record }], false);
  }

  async totals(): Promise<JobTotals> {
    const { store, live, dispatcher } = this.#parts;
    const stored = await store.countByStatus();
    const { queue } = dispatcher;
    return {
      byStatus: { ...stored, pending: live.size - live.running, running: live.running },
      queue: {
        depth: queue.size,
        max: dispatcher.queueMax,
        byLanguage: queue.waitingByLanguage,
        byNamespace: queue.waitingByNamespace(namespacesShownMax),
      },
    };
  }

  /** Takes no more submissions; what is there can still be looked at, waited for and cancelled. */
  [Symbol.dispose](): void {
    this.#stopping = true;
  }

  /** The jobs of an earlier submission with this key; undefined when there was none. */
  async #replay(key: string, bodyHash: string): Promise<readonly JobRecord[] | undefined> {
    const known = await this.#parts.store.idempotency(key);
    if (!known) return undefined;
    if (known.bodyHash !== bodyHash) {
      throw refuse("idempotency_conflict", "This Idempotency-Key was used before with another body.");
    }
    return Promise.all(known.jobIds.map((id) => this.get(id)));
  }

  async #accept(
    submissions: readonly JobSubmission[],
    { idempotency, trace }: SubmitOptions,
  ): Promise<readonly JobRecord[]> {
    const { store, clock } = this.#parts;
    const someRunModules = submissions.some(({ job_type }) => job_type === "wasm");
    const modules = someRunModules ? await this.#modulesOf(submissions) : noModules;
    const nowMs = clock.now();
    const jobs = submissions.map((submission, place) => {
      const name = submissions.length === 1 ? "" : `[${place}].`;
      const usesDatabase = submission.job_type === "wasm" && modules.get(submission.wasm_cid) !== false;
      return newJob(submission, name, usesDatabase, this.#defaults, nowMs);
    });
    const wishes = this.#wishes(submissions, jobs);
    const release = this.#room.reserve(jobs);
    try {
      const jobIds = jobs.map(([spec]) => spec.id);
      const known = idempotency && { ...idempotency, jobIds, createdAt: nowMs };
      await store.insert(jobs, known, [...wishes.values()]);
      return this.#takeIn(jobs, wishes, trace);
    } finally {
      release();
    }
  }

  /** Puts jobs that are stored in the queue. */
  #takeIn(
    jobs: readonly NewJob[],
    wishes: ReadonlyMap<JobId, Webhook>,
    trace: TraceParent | undefined,
  ): readonly JobRecord[] {
    const { live, payloads, dispatcher, webhooks, meter } = this.#parts;
    // What the client is told is what was stored, even if a volunteer has the job before the answer is out.
    const records: JobRecord[] = [];
    for (const [spec, payload] of jobs) {
      payloads.keep(spec.id, payload);
      meter.jobAccepted(spec);
      const job = live.add(spec);
      if (trace) job.trace = new JobTrace(trace, spec);
      if (wishes.has(spec.id)) live.onEnd(job, (ended) => webhooks.ended(ended));
      records.push(job.record);
      dispatcher.enqueue(job);
    }
    return records;
  }

  #wishes(submissions: readonly JobSubmission[], jobs: readonly NewJob[]): ReadonlyMap<JobId, Webhook> {
    if (submissions.every((submission) => submission.callback_url === undefined)) return noWishes;
    const wishes = new Map<JobId, Webhook>();
    for (const [place, [spec]] of jobs.entries()) {
      const url = submissions[place]?.callback_url;
      if (url !== undefined) wishes.set(spec.id, this.#parts.webhooks.wish(spec, url));
    }
    return wishes;
  }

  /** The modules that jobs are to run, and whether they use the database; all of them are there. */
  async #modulesOf(submissions: readonly JobSubmission[]): Promise<ReadonlyMap<string, boolean>> {
    const { blocks, modules } = this.#parts;
    const found = new Map<string, boolean>();
    for (const submission of submissions) {
      if (submission.job_type !== "wasm" || found.has(submission.wasm_cid)) continue;
      // The schema lets only a CID through.
      const cid = submission.wasm_cid as Cid;
      if (!(await blocks.has(cid))) {
        throw refuse("wasm_not_found", `No module ${cid} is here; upload it with POST /api/wasm first.`, {
          details: { wasm_cid: cid },
        });
      }
      found.set(cid, await modules.uses(cid));
    }
    return found;
  }

  /** Resolves when the job has ended, the time is up or the signal came. */
  async #end(job: LiveJob, timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const over = Promise.withResolvers<void>();
    const done = () => over.resolve();
    const takeBack = this.#parts.live.onEnd(job, done);
    const timer = this.#parts.clock.after(timeoutMs, done);
    signal?.addEventListener("abort", done, { once: true });
    await over.promise;
    takeBack();
    timer.cancel();
    signal?.removeEventListener("abort", done);
  }
}

function logEvent({ id, namespace }: JobSpec, part: LogPart): JobEvent {
  return { kind: "log", jobId: id, namespace, part };
}

/** What is told of a job that is not there, and of one that the caller may not know of. */
export function unknownJob(id: string) {
  return refuse("job_not_found", `There is no job ${JSON.stringify(id.slice(0, 64))}.`);
}

/** Only a text of the right form is worth a look in the store. */
function checkedId(id: string): JobId {
  if (!isJobId(id)) throw unknownJob(id);
  return id;
}

function isJobId(id: string): id is JobId {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
}
