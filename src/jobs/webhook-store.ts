import type { JobId } from "../stdx/ids.ts";

/** Somebody's wish to be told of a job's end. */
export interface Webhook {
  readonly jobId: JobId;
  readonly namespace: string;
  readonly url: string;
  /** Calls that failed. */
  readonly attempts: number;
}

/** Where webhooks are kept until they were delivered. They are put there with their jobs, by `JobStore.insert`. */
export interface WebhookStore {
  /** Every one that is neither delivered nor given up, in no order. */
  all(): Promise<readonly Webhook[]>;
  get(jobId: JobId): Promise<Webhook | undefined>;
  failed(jobId: JobId, attempts: number): Promise<void>;
  /** Delivered, or given up. */
  done(jobId: JobId): Promise<void>;
}
