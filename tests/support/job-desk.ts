import assert from "node:assert/strict";
import { DatabaseModules } from "../../src/blocks/database-modules.ts";
import { Dispatcher, type DispatcherOptions } from "../../src/jobs/dispatcher.ts";
import { JobEvents } from "../../src/jobs/events.ts";
import { hasEnded, type JobEnd } from "../../src/jobs/job.ts";
import { LiveJobs } from "../../src/jobs/live.ts";
import { PayloadCache } from "../../src/jobs/payloads.ts";
import { JobService } from "../../src/jobs/service.ts";
import type { JobFilter } from "../../src/jobs/store.ts";
import type { WebhookMessage } from "../../src/jobs/webhook-message.ts";
import { type WebhookPost, Webhooks } from "../../src/jobs/webhooks.ts";
import type { JobSubmission } from "../../src/protocol/job.ts";
import type {
  Capabilities,
  JobMessage,
  OrchestratorMessage,
  ReadyMessage,
  VolunteerMessage,
} from "../../src/protocol/volunteer.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import type { JobId, VolunteerId } from "../../src/stdx/ids.ts";
import { noLog } from "../../src/stdx/log.ts";
import { VolunteerRegistry } from "../../src/volunteers/registry.ts";
import type { VolunteerGateway, VolunteerSession } from "../../src/volunteers/session.ts";
import { MemoryJobStore } from "./memory-job-store.ts";
import { RecordingMeter } from "./recording-meter.ts";
import { settled } from "./settled.ts";

export const everyLanguage: Capabilities = {
  wasm: true,
  python: true,
  lua: true,
  js: true,
  max_memory_mb: 4096,
};

/** A volunteer of which the test is the machine: it keeps what it is sent and says what it is told to. */
export class FakeVolunteer implements VolunteerSession {
  readonly id: VolunteerId;
  readonly origin = "remote";
  readonly standing = "native";
  readonly address = "192.0.2.1";
  readonly sent: OrchestratorMessage[] = [];
  /** How the session was ended from the other side. */
  closedWith: { code: number; reason: string } | undefined;
  readonly #gateway: VolunteerGateway;

  constructor(gateway: VolunteerGateway, name: string) {
    this.#gateway = gateway;
    this.id = name as VolunteerId;
  }

  send(message: OrchestratorMessage): void {
    this.sent.push(message);
  }

  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
  }

  /** Speaks the whole protocol, with slots. */
  join(offer: Partial<Omit<ReadyMessage, "type">> = {}): this {
    this.#gateway.ready(this, {
      type: "ready",
      capabilities: everyLanguage,
      lanes: true,
      isolation: "process",
      ...offer,
    });
    return this;
  }

  /** Speaks the reference protocol. */
  joinPlainly(capabilities: Capabilities = everyLanguage): this {
    this.#gateway.ready(this, { type: "ready", capabilities });
    return this;
  }

  say(message: Exclude<VolunteerMessage, ReadyMessage>): void {
    this.#gateway.message(this, message);
  }

  leave(): void {
    this.#gateway.closed(this);
  }

  get jobs(): JobMessage[] {
    return this.sent.filter((message) => message.type === "job");
  }

  /** The ids of the jobs sent, as often as they were. */
  get jobIds(): string[] {
    return this.jobs.map((job) => job.job_id);
  }

  /** The job that was sent as the n-th, or as the last. */
  job(nth = -1): JobMessage {
    const job = this.jobs.at(nth);
    assert.ok(job, `no job ${nth} was sent to ${this.id}`);
    return job;
  }

  complete(
    job: JobMessage = this.job(),
    extra: { result?: null | number | string; wallMs?: number } = {},
  ): void {
    const { wallMs = 1, result = 42 } = extra;
    this.say({ type: "result", job_id: job.job_id, lease: job.lease, result, stats: { wall_ms: wallMs } });
  }

  fail(job: JobMessage, code: string, error = "It went wrong."): void {
    this.say({ type: "error", job_id: job.job_id, lease: job.lease, code, error });
  }

  giveBack(job: JobMessage): void {
    this.say({ type: "return", job_id: job.job_id, lease: job.lease });
  }
}

export const everyJob: JobFilter = {
  status: undefined,
  namespace: undefined,
  language: undefined,
  limit: 1000,
  offset: 0,
};

/** What a script job may ask for. */
export type SubmissionFields = Partial<Extract<JobSubmission, { code: string }>>;

export interface DeskOptions extends Partial<DispatcherOptions> {
  readonly store?: MemoryJobStore;
  readonly payloadBytesMax?: number;
  /** The modules that are there. */
  readonly modules?: readonly string[];
  /** What is in them; those that are not here can't be read. */
  readonly moduleBytes?: ReadonlyMap<string, Uint8Array>;
}

/** Stands for every address that a webhook may have. */
export class FakeReceiver implements WebhookPost {
  /** What is answered from now on; an error stands for no answer at all. */
  answer: number | Error | Promise<number> = 204;
  readonly received: { readonly url: string; readonly message: WebhookMessage }[] = [];

  refusal(url: string): string | undefined {
    return url.includes("forbidden") ? "it is forbidden." : undefined;
  }

  async send(url: string, message: WebhookMessage): Promise<number> {
    this.received.push({ url, message });
    if (this.answer instanceof Error) throw this.answer;
    return await this.answer;
  }
}

/** The jobs domain as an orchestrator puts it together, over a store in memory and a clock turned by hand. */
export class JobDesk {
  readonly clock = new ManualClock();
  readonly store: MemoryJobStore;
  readonly events = new JobEvents();
  readonly meter = new RecordingMeter();
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly volunteers: VolunteerRegistry;
  readonly dispatcher: Dispatcher;
  /** What is posted, and what is answered to it. */
  readonly receiver = new FakeReceiver();
  readonly webhooks: Webhooks;
  readonly jobs: JobService;
  /** Those that were ever made here. */
  readonly everyVolunteer: FakeVolunteer[] = [];
  #names = 0;

  constructor({
    store = new MemoryJobStore(),
    payloadBytesMax = 1 << 24,
    modules = [],
    moduleBytes = new Map(),
    ...rest
  }: DeskOptions = {}) {
    const { clock, events, meter } = this;
    const log = noLog;
    this.store = store;
    this.live = new LiveJobs({ store, events, meter, clock, log });
    this.payloads = new PayloadCache(store, payloadBytesMax);
    this.volunteers = new VolunteerRegistry(clock);
    const nodeSecret = new Uint8Array(32);
    this.webhooks = new Webhooks({
      store: store.webhooks,
      jobs: store,
      post: this.receiver,
      nodeSecret,
      clock,
      log,
    });
    const { live, payloads, volunteers } = this;
    const databaseModules = new DatabaseModules({ get: async (cid) => moduleBytes.get(cid) });
    this.dispatcher = new Dispatcher(
      {
        live,
        payloads,
        volunteers,
        hostCalls: { answer: async () => "null" },
        modules: databaseModules,
        clock,
        log,
      },
      { queueMax: 100_000, heartbeatMs: 30_000, silenceMs: 60_000, ...rest },
    );
    const { dispatcher, webhooks } = this;
    const blocks = { has: async (cid: string) => modules.includes(cid) };
    this.jobs = new JobService(
      {
        store,
        blocks,
        modules: databaseModules,
        live,
        payloads,
        dispatcher,
        volunteers,
        events,
        webhooks,
        meter,
        clock,
      },
      { timeoutMs: 30_000, maxRetries: 3 },
    );
  }

  volunteer(): FakeVolunteer {
    const volunteer = new FakeVolunteer(this.dispatcher, `volunteer-${++this.#names}`);
    this.everyVolunteer.push(volunteer);
    return volunteer;
  }

  /** Submits one job and gives its id. */
  async submit(fields: SubmissionFields = {}): Promise<JobId> {
    const [id] = await this.submitMany(1, fields);
    assert.ok(id);
    return id;
  }

  /** Submits as many jobs that differ in nothing and gives their ids in order. */
  async submitMany(count: number, fields: SubmissionFields = {}): Promise<JobId[]> {
    const submission: JobSubmission = { job_type: "js", code: "42", ...fields };
    const { jobs } = await this.jobs.submit(Array.from({ length: count }, () => submission));
    return jobs.map((job) => job.spec.id);
  }

  async status(id: string): Promise<string> {
    return (await this.jobs.get(id)).state.status;
  }
}

/** How a job ended; it must have. */
export async function endOf(desk: JobDesk, id: string | undefined): Promise<JobEnd> {
  await settled();
  const { state } = await desk.jobs.get(id ?? "");
  assert.ok(hasEnded(state), `job ${id} is ${state.status}`);
  return state;
}
