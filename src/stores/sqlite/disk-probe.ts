import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../stdx/clock.ts";
import type { AppError } from "../../stdx/errors.ts";
import type { CommitGroup } from "./commit-group.ts";
import { number } from "./row.ts";

export interface DiskProbeParts {
  readonly database: DatabaseSync;
  readonly commits: CommitGroup;
  readonly clock: Clock;
}

/** What was found out so recently is not found out again: whoever asks often must not wear the disk out. */
const freshMs = 1000;

/**
 * Finds out whether the disk takes writes. The transactions that go through the group commit anyway tell most of it;
 * where there were none since the last look, one that changes nothing is written: a disk that has failed would otherwise
 * never be seen to have recovered, since nobody sends work to who says that it takes none.
 */
export class DiskProbe {
  readonly #parts: DiskProbeParts;
  #commitsSeen = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(parts: DiskProbeParts) {
    this.#parts = parts;
  }

  /** Why the disk takes no writes; undefined when it does. Never rejects. */
  async refusal(): Promise<AppError | undefined> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
    return this.#parts.commits.refusal;
  }

  async #look(): Promise<void> {
    const { commits, clock } = this.#parts;
    const nowMs = clock.monotonic();
    if (nowMs - this.#lookedAt < freshMs) return;
    this.#lookedAt = nowMs;
    const tookSome = commits.counters().commits > this.#commitsSeen;
    if (!tookSome || commits.refusal) await this.#write();
    this.#commitsSeen = commits.counters().commits;
  }

  /** Writes the header's version as it is: the page goes through the log and is synced like any other. */
  async #write(): Promise<void> {
    const { database, commits } = this.#parts;
    try {
      await commits.run(() => {
        const version = number(database.prepare("PRAGMA user_version").get()?.user_version);
        database.exec(`PRAGMA user_version = ${version}`);
      });
    } catch {
      // The group remembers why.
    }
  }
}
