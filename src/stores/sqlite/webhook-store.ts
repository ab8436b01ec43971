import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Webhook, WebhookStore } from "../../jobs/webhook-store.ts";
import type { JobId } from "../../stdx/ids.ts";
import type { CommitGroup } from "./commit-group.ts";
import { number, type Row, text } from "./row.ts";

/** Webhooks in SQLite, written in the same group commits as the jobs they belong to. */
export class SqliteWebhookStore implements WebhookStore {
  readonly #commits: CommitGroup;
  readonly #all: StatementSync;
  readonly #get: StatementSync;
  readonly #failed: StatementSync;
  readonly #done: StatementSync;

  constructor({ database, commits }: { database: DatabaseSync; commits: CommitGroup }) {
    this.#commits = commits;
    this.#all = database.prepare("SELECT job_id, namespace, url, attempts FROM webhooks");
    this.#get = database.prepare("SELECT job_id, namespace, url, attempts FROM webhooks WHERE job_id = ?");
    this.#failed = database.prepare("UPDATE webhooks SET attempts = ? WHERE job_id = ?");
    this.#done = database.prepare("DELETE FROM webhooks WHERE job_id = ?");
  }

  async all(): Promise<readonly Webhook[]> {
    return this.#all.all().map(webhookOf);
  }

  async get(jobId: JobId): Promise<Webhook | undefined> {
    const row = this.#get.get(jobId);
    return row && webhookOf(row);
  }

  async failed(jobId: JobId, attempts: number): Promise<void> {
    await this.#commits.run(() => this.#failed.run(attempts, jobId));
  }

  async done(jobId: JobId): Promise<void> {
    await this.#commits.run(() => this.#done.run(jobId));
  }
}

function webhookOf(row: Row): Webhook {
  return {
    // Only what the store was given as a JobId is ever in its place.
    jobId: text(row.job_id) as JobId,
    namespace: text(row.namespace),
    url: text(row.url),
    attempts: number(row.attempts),
  };
}
