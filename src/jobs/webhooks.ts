import { refuse } from "../protocol/errors.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { Deque } from "../stdx/deque.ts";
import type { JobId } from "../stdx/ids.ts";
import type { Log } from "../stdx/log.ts";
import { hasEnded, type JobSpec } from "./job.ts";
import type { EndedJob } from "./live-job.ts";
import type { JobStore } from "./store.ts";
import { type WebhookMessage, webhookMessage, webhookSecret } from "./webhook-message.ts";
import type { Webhook, WebhookStore } from "./webhook-store.ts";

/** Sends a message to an address that users chose. */
export interface WebhookPost {
  /** Why this address may never be called, as a sentence; undefined when it may, as far as can be told by its looks. */
  refusal(url: string): string | undefined;
  /** @returns the status that was answered. Rejects when nothing was, or when the address may not be called. */
  send(url: string, message: WebhookMessage): Promise<number>;
}

export interface WebhooksParts {
  readonly store: WebhookStore;
  readonly jobs: Pick<JobStore, "get" | "output">;
  readonly post: WebhookPost;
  /** 32 random bytes, from which each namespace's secret is made. */
  readonly nodeSecret: Uint8Array;
  readonly clock: Clock;
  readonly log: Log;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** How long after a failed call the next one comes; after the last one it is given up. Spread over about a day. */
const retryDelaysMs = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  10 * hour,
] as const;
const underwayMax = 32;
/** So that one slow host leaves the others room. */
const underwayPerHostMax = 8;
/** How many that wait are looked at for one whose host has room. */
const lookAheadMax = 64;
const gone = 410;

interface Due {
  readonly webhook: Webhook;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * Tells whoever asked for it how a job ended: once the end is durable, at least once, signed, again after failures. A
 * receiver knows repetitions by their `webhook-id`.
 */
export class Webhooks implements AsyncDisposable {
  readonly #parts: WebhooksParts;
  /** Jobs that have not ended and have a webhook; filled at start, and used up by the jobs' recovery. */
  readonly #unended = new Set<JobId>();
  readonly #ready = new Deque<Webhook>();
  /** One queue for each delay: what fails later is due later, so each is in order. */
  readonly #later = retryDelaysMs.map(() => new Deque<Due>());
  readonly #underway = new Set<Promise<void>>();
  readonly #underwayByHost = new Map<string, number>();
  #timer: Timer | undefined;
  #disposed = false;

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  /** Takes up what an earlier life left. Call once, before the jobs are recovered. */
  async recover(): Promise<void> {
    const { store, jobs } = this.#parts;
    for (const webhook of await store.all()) {
      const job = await jobs.get(webhook.jobId);
      if (!job) await store.done(webhook.jobId);
      else if (hasEnded(job.state)) this.#ready.pushBack(webhook);
      else this.#unended.add(webhook.jobId);
    }
    this.#pump();
  }

  /** The secret with which this namespace's messages are signed. */
  secretOf(namespace: string): string {
    return webhookSecret(this.#parts.nodeSecret, namespace);
  }

  /** The wish of one job, to be stored with it. Refuses with `invalid_request` where the address may not be called. */
  wish(spec: JobSpec, url: string): Webhook {
    const reason = this.#parts.post.refusal(url);
    if (reason) throw refuse("invalid_request", `callback_url may not be called: ${reason}`);
    return { jobId: spec.id, namespace: spec.namespace, url, attempts: 0 };
  }

  /** True once for each job that an earlier life left unended with a webhook. */
  takeUnended(jobId: JobId): boolean {
    return this.#unended.delete(jobId);
  }

  /** The job has ended, and that is stored. */
  ended({ record }: EndedJob): void {
    const { store, log } = this.#parts;
    const { id } = record.spec;
    store.get(id).then(
      (webhook) => {
        if (!webhook) return;
        this.#ready.pushBack(webhook);
        this.#pump();
      },
      // It stays in the store, and the next start takes it up.
      (error: unknown) => log.error({ err: error, job: id }, `the webhook of job ${id} could not be read`),
    );
  }

  /** Begins no more calls, and waits for those under way. What is left, the next start takes up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#timer?.cancel();
    await Promise.all(this.#underway);
  }

  #pump(): void {
    if (this.#disposed) return;
    const now = this.#parts.clock.monotonic();
    for (const queue of this.#later) {
      for (let first = queue.at(0); first && first.at <= now; first = queue.at(0)) {
        queue.popFront();
        this.#ready.pushBack(first.webhook);
      }
    }
    while (this.#underway.size < underwayMax) {
      const webhook = this.#next();
      if (!webhook) break;
      const call = this.#call(webhook).finally(() => {
        this.#underway.delete(call);
        this.#pump();
      });
      this.#underway.add(call);
    }
    this.#sleep(now);
  }

  #sleep(now: number): void {
    this.#timer?.cancel();
    const next = Math.min(...this.#later.map((queue) => queue.at(0)?.at ?? Number.POSITIVE_INFINITY));
    this.#timer =
      next === Number.POSITIVE_INFINITY
        ? undefined
        : this.#parts.clock.after(Math.max(0, next - now), () => this.#pump());
  }

  /** The first that waits and whose host has room; those before it go to the end. */
  #next(): Webhook | undefined {
    for (let looks = Math.min(lookAheadMax, this.#ready.size); looks > 0; looks--) {
      const webhook = this.#ready.popFront();
      if (!webhook) return undefined;
      if ((this.#underwayByHost.get(hostOf(webhook)) ?? 0) < underwayPerHostMax) return webhook;
      this.#ready.pushBack(webhook);
    }
    return undefined;
  }

  async #call(webhook: Webhook): Promise<void> {
    const host = hostOf(webhook);
    this.#underwayByHost.set(host, (this.#underwayByHost.get(host) ?? 0) + 1);
    try {
      await this.#deliver(webhook);
    } catch (error) {
      const { jobId } = webhook;
      this.#parts.log.error(
        { err: error, job: jobId },
        `the webhook of job ${jobId} stays for the next start`,
      );
    }
    const left = (this.#underwayByHost.get(host) ?? 1) - 1;
    if (left === 0) this.#underwayByHost.delete(host);
    else this.#underwayByHost.set(host, left);
  }

  async #deliver(webhook: Webhook): Promise<void> {
    const { store, post, log, clock } = this.#parts;
    const { jobId, namespace, url } = webhook;
    const job = await this.#whole(jobId);
    if (!job) return await store.done(jobId);
    const message = webhookMessage(job, this.secretOf(namespace), clock.now());
    const failure = await post.send(url, message).then(
      (status) => (status >= 200 && status < 300 ? undefined : `the answer was ${status}`),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (failure === undefined) return await store.done(jobId);
    const attempts = webhook.attempts + 1;
    const delayMs = retryDelaysMs[attempts - 1];
    if (delayMs === undefined || failure === `the answer was ${gone}`) {
      log.warn({ job: jobId, namespace }, `the webhook of job ${jobId} is given up: ${failure}`);
      return await store.done(jobId);
    }
    log.info({ job: jobId, namespace, attempts }, `the webhook of job ${jobId} failed: ${failure}`);
    await store.failed(jobId, attempts);
    this.#later[attempts - 1]?.pushBack({
      webhook: { ...webhook, attempts },
      at: clock.monotonic() + delayMs,
    });
  }

  async #whole(id: JobId): Promise<EndedJob | undefined> {
    const { jobs } = this.#parts;
    const [record, output] = await Promise.all([jobs.get(id), jobs.output(id)]);
    return record && output && { record, output };
  }
}

function hostOf({ url }: Webhook): string {
  return new URL(url).host;
}
