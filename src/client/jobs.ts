import type {
  JobDetail,
  JobList,
  JobListItem,
  JobListQuery,
  JobLogView,
  JobSubmission,
  JobView,
} from "../protocol/job.ts";
import type { ServerSentEvent } from "./event-parser.ts";
import { dataOf, events, type StreamOptions } from "./events.ts";
import type { Asked, CallOptions, Sending, Transport } from "./transport.ts";

export interface SubmitOptions extends CallOptions {
  /**
   * The same key with the same jobs is the same submission. One is made at random when none is given, so that a
   * submission whose answer was lost is not done twice.
   */
  readonly idempotencyKey?: string | undefined;
}

export interface WaitOptions extends CallOptions {
  /** Gives up after so long and answers with the job as it then stands; waits for ever unless given. */
  readonly timeoutMs?: number | undefined;
}

/** What a job's stream tells. */
export type JobEvent =
  | { readonly type: "job"; readonly job: JobView }
  | ({ readonly type: "log" } & JobLogView)
  /** So many events were let go, because they were not read in time. */
  | { readonly type: "lagged"; readonly missed: number };

/** How long one request waits for a job's end; then another one does. */
const waitSeconds = 30;
const endedStatuses: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);
const lastEventId = "end";

/** Jobs: code that runs once on some volunteer, and its result. */
export class Jobs {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Resolves once the job is on the orchestrator's disk. */
  submit(job: JobSubmission, options: SubmitOptions = {}): Promise<JobView> {
    return this.#transport.json("POST", "/api/jobs", submission(job, options));
  }

  /** Up to 1,000 jobs, accepted or refused together; answered in their order. */
  async submitMany(jobs: readonly JobSubmission[], options: SubmitOptions = {}): Promise<JobView[]> {
    const sending = submission(jobs, options);
    const answer = await this.#transport.json<{ jobs: JobView[] }>("POST", "/api/jobs", sending);
    return answer.jobs;
  }

  /** Submits a job and waits for its end. */
  async run(job: JobSubmission, options: SubmitOptions & WaitOptions = {}): Promise<JobDetail> {
    const { timeoutMs = Number.POSITIVE_INFINITY } = options;
    const query = { wait: Math.min(waitSeconds, timeoutMs / 1000) };
    const since = performance.now();
    const sending = { ...submission(job, options), query };
    const detail = await this.#transport.json<JobDetail>("POST", "/api/jobs", sending);
    if (hasEnded(detail)) return detail;
    return this.wait(detail.id, { ...options, timeoutMs: timeoutMs - (performance.now() - since) });
  }

  get(id: string, options: CallOptions = {}): Promise<JobDetail> {
    return this.#transport.json("GET", pathOf(id), options);
  }

  /** The job once it has ended. */
  async wait(id: string, options: WaitOptions = {}): Promise<JobDetail> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = Math.max(0, deadline - performance.now());
      const query = { wait: Math.min(waitSeconds, leftMs / 1000) };
      const detail = await this.#transport.json<JobDetail>("GET", pathOf(id), { signal, query });
      if (hasEnded(detail) || leftMs <= waitSeconds * 1000) return detail;
    }
  }

  /** A page of jobs, the newest first. */
  list(query: Asked<JobListQuery> = {}, options: CallOptions = {}): Promise<JobList> {
    return this.#transport.json("GET", "/api/jobs", { ...options, query: { ...query } });
  }

  /** Every job that passes the filter, the newest first, page by page. */
  async *all(
    query: Asked<Omit<JobListQuery, "offset">> = {},
    options: CallOptions = {},
  ): AsyncGenerator<JobListItem, void, undefined> {
    // Jobs that come meanwhile push the others on, so that some would be seen again.
    const seen = new Set<string>();
    const limit = query.limit ?? 200;
    for (let offset = 0; ; offset += limit) {
      const page = await this.list({ ...query, limit, offset }, options);
      for (const job of page.jobs) {
        if (!seen.has(job.id)) yield job;
        seen.add(job.id);
      }
      if (page.jobs.length < limit) return;
    }
  }

  /** Submits a new job with the code, input and limits of an earlier one. */
  rerun(id: string, options: SubmitOptions = {}): Promise<JobView> {
    return this.#transport.json("POST", `${pathOf(id)}/rerun`, submission(undefined, options));
  }

  /** Throws with the code `job_ended` when it had ended before. */
  async cancel(id: string, options: CallOptions = {}): Promise<void> {
    // Of a repeated request nobody could tell whether the job had been ended by the first one.
    await this.#transport.send("DELETE", pathOf(id), { ...options, repeatable: false });
  }

  /** One job's events from its beginning to its end. */
  async *events(id: string, options: StreamOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    const isLast = (event: ServerSentEvent) => event.id === lastEventId;
    const stream = events(this.#transport, `${pathOf(id)}/events`, { ...options, isLast });
    for await (const event of stream) yield* jobEvent(event);
  }

  /** Every job's events from now on, or those of one namespace. */
  async *watch(
    filter: { readonly namespace?: string | undefined } = {},
    options: StreamOptions = {},
  ): AsyncGenerator<JobEvent, void, undefined> {
    const query = { namespace: filter.namespace };
    for await (const event of events(this.#transport, "/api/events", { ...options, query })) {
      yield* jobEvent(event);
    }
  }
}

export function hasEnded({ status }: Pick<JobView, "status">): boolean {
  return endedStatuses.has(status);
}

function submission(json: unknown, { idempotencyKey, signal }: SubmitOptions): Sending {
  const headers = { "idempotency-key": idempotencyKey ?? randomKey() };
  return { json, headers, signal, repeatable: true };
}

/** Not `randomUUID`, which pages that were not loaded over HTTPS lack. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pathOf(id: string): string {
  return `/api/jobs/${encodeURIComponent(id)}`;
}

/** Kinds that a newer orchestrator may have are passed over. */
function* jobEvent(event: ServerSentEvent): Generator<JobEvent, void, undefined> {
  if (event.name === "job") yield { type: "job", job: dataOf<JobView>(event) };
  else if (event.name === "log") yield { type: "log", ...dataOf<JobLogView>(event) };
  else if (event.name === "lagged") yield { type: "lagged", ...dataOf<{ missed: number }>(event) };
}
