import type { DatabaseSync } from "node:sqlite";
import type { JobEnd, JobOutput, JobPayload, JobProgress, JobRecord, JobSpec } from "../../jobs/job.ts";
import type { IdempotencyRecord, JobFilter, JobListPage, JobStore } from "../../jobs/store.ts";
import type { Webhook } from "../../jobs/webhook-store.ts";
import { refuse } from "../../protocol/errors.ts";
import type { JobStatus } from "../../protocol/job.ts";
import type { Clock } from "../../stdx/clock.ts";
import type { JobId } from "../../stdx/ids.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import type { CommitGroup } from "./commit-group.ts";
import { JobCounts } from "./job-counts.ts";
import { JobList } from "./job-list.ts";
import { JobQueries } from "./job-queries.ts";
import { idempotencyOf, outputOf, payloadOf, recordOf, statusNumbers } from "./job-rows.ts";
import { type JobPlace, JobStatements } from "./job-statements.ts";
import { ProgressNotes } from "./progress-notes.ts";
import { number, text } from "./row.ts";
import { storageErrorOf } from "./storage-error.ts";

/** Places of jobs that have not ended, kept to spare the look-up by id; more than these are looked up. */
const placesMax = 131_072;
/** How many rows a scan reads before it lets others have the event loop. */
const scanRows = 256;
/** A batch of deletions stops when it has freed this much bulk, since freeing pages takes time too. */
const deletedBytesMax = 64 * 1024 * 1024;

/** Jobs in SQLite. Reads answer from the disk at once; writes go through the group commit. */
export class SqliteJobStore implements JobStore, AsyncDisposable {
  readonly #commits: CommitGroup;
  readonly #statements: JobStatements;
  readonly #queries: JobQueries;
  readonly #list: JobList;
  readonly #counts: JobCounts;
  readonly #notes: ProgressNotes;
  /** Only of committed jobs, so that a transaction rolled back leaves nothing wrong here. */
  readonly #places = new Map<JobId, JobPlace>();
  /** Counted here: SQLite would give the number of a newest job that was deleted to the next one, in whose place it is. */
  #lastSeq: number;

  constructor({ database, commits, clock }: { database: DatabaseSync; commits: CommitGroup; clock: Clock }) {
    this.#commits = commits;
    this.#statements = new JobStatements(database);
    this.#queries = new JobQueries(database);
    this.#list = new JobList(database);
    this.#counts = new JobCounts(database);
    this.#lastSeq = this.#queries.lastSeq();
    this.#notes = new ProgressNotes(clock, (notes) => this.#writeProgress(notes));
  }

  async insert(
    jobs: readonly (readonly [JobSpec, JobPayload])[],
    idempotency: IdempotencyRecord | undefined,
    webhooks: readonly Webhook[] = [],
  ): Promise<void> {
    const seqs = await this.#commits.run(() => {
      for (const webhook of webhooks) this.#statements.insertWebhook(webhook);
      return this.#insert(jobs, idempotency);
    }, this.#counts);
    for (const [index, [spec]] of jobs.entries()) {
      const seq = seqs[index];
      if (seq !== undefined) this.#remember(spec.id, { seq, namespace: spec.namespace });
    }
  }

  progress(id: JobId, progress: JobProgress): void {
    this.#notes.put(id, progress);
  }

  async finish(id: JobId, end: JobEnd, output: JobOutput): Promise<boolean> {
    const changed = await this.#commits.run(() => this.#finish(id, end, output), this.#counts);
    this.#places.delete(id);
    this.#notes.forget(id);
    return changed;
  }

  async get(id: JobId): Promise<JobRecord | undefined> {
    return reading(() => {
      const row = this.#queries.job(id);
      return row && this.#withNote(recordOf(row));
    });
  }

  async payload(id: JobId): Promise<JobPayload | undefined> {
    return reading(() => {
      const place = this.#place(id);
      const row = place && this.#queries.payload(place.seq);
      return row && payloadOf(row);
    });
  }

  async output(id: JobId): Promise<JobOutput | undefined> {
    return reading(() => {
      const place = this.#place(id);
      const row = place && this.#queries.output(place.seq);
      return row && outputOf(row);
    });
  }

  async list(filter: JobFilter): Promise<JobListPage> {
    await this.#notes.flush();
    return reading(() => {
      const counted = filter.language === undefined;
      const total = counted ? this.#counts.total(filter) : this.#list.countOfLanguage(filter);
      return { jobs: this.#list.read(filter), total };
    });
  }

  async namespaces(): Promise<readonly string[]> {
    return reading(() => this.#counts.namespaces());
  }

  async countByStatus(): Promise<Readonly<Record<JobStatus, number>>> {
    await this.#notes.flush();
    return reading(() => this.#counts.read(undefined));
  }

  async countByNamespace(range: NameRange): Promise<readonly NameCount[]> {
    return reading(() => this.#counts.byNamespace(range));
  }

  async idempotency(key: string): Promise<IdempotencyRecord | undefined> {
    return reading(() => {
      const row = this.#queries.key(key);
      return row && idempotencyOf(row);
    });
  }

  async *unfinished(): AsyncIterable<JobRecord> {
    await this.#notes.flush();
    await this.#commits.run(() => this.#statements.resetRunning());
    let seq = 0;
    for (;;) {
      const rows = reading(() => this.#queries.live(seq, scanRows));
      for (const row of rows) {
        const record = recordOf(row);
        seq = number(row.seq);
        this.#remember(record.spec.id, { seq, namespace: record.spec.namespace });
        yield record;
      }
      if (rows.length < scanRows) return;
      await nextTurn();
    }
  }

  deleteEndedBefore(instantMs: number, limit: number): Promise<number> {
    return this.#commits.run(() => {
      let deleted = 0;
      let bytes = 0;
      for (const row of this.#queries.ended(instantMs, limit)) {
        this.#delete(number(row.seq));
        this.#counts.deleted(text(row.namespace), number(row.status));
        deleted += 1;
        bytes += number(row.bytes);
        if (bytes >= deletedBytesMax) break;
      }
      this.#statements.deleteKeys(instantMs, limit);
      return deleted;
    }, this.#counts);
  }

  /** Writes the progress that is still in memory. The database and the commit group are closed by their owner. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#notes.flush();
    this.#notes[Symbol.dispose]();
  }

  #insert(
    jobs: readonly (readonly [JobSpec, JobPayload])[],
    idempotency: IdempotencyRecord | undefined,
  ): readonly number[] {
    if (idempotency && !this.#statements.insertKey(idempotency)) {
      throw refuse("idempotency_conflict", "Another submission with this Idempotency-Key came first.");
    }
    return jobs.map(([spec, payload]) => {
      const seq = ++this.#lastSeq;
      this.#statements.insertJob(seq, spec);
      this.#statements.insertPayload(seq, payload);
      this.#statements.insertLive(seq, spec.namespace);
      this.#counts.inserted(spec.namespace);
      return seq;
    });
  }

  #finish(id: JobId, end: JobEnd, output: JobOutput): boolean {
    const place = this.#place(id);
    if (!place || !this.#statements.deleteLive(place.seq)) return false;
    this.#statements.insertEnd(place, end, output);
    this.#counts.ended(place.namespace, statusNumbers[end.status]);
    return true;
  }

  #delete(seq: number): void {
    this.#statements.deleteEnd(seq);
    this.#statements.deletePayload(seq);
    this.#statements.deleteJob(seq);
  }

  #writeProgress(notes: ReadonlyMap<JobId, JobProgress>): Promise<void> {
    return this.#commits.run(() => {
      for (const [id, progress] of notes) this.#statements.progress(id, progress);
    });
  }

  #place(id: JobId): JobPlace | undefined {
    const known = this.#places.get(id);
    if (known) return known;
    const row = this.#queries.place(id);
    return row && { seq: number(row.seq), namespace: text(row.namespace) };
  }

  #remember(id: JobId, place: JobPlace): void {
    if (this.#places.size < placesMax) this.#places.set(id, place);
  }

  /** Progress that is not on the disk yet, unless the job has ended. */
  #withNote(record: JobRecord): JobRecord {
    if ("completedAt" in record.state) return record;
    const note = this.#notes.get(record.spec.id);
    return note ? { spec: record.spec, state: note } : record;
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The jobs cannot be read.") ?? error;
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
