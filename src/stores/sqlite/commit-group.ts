import type { DatabaseSync, StatementSync } from "node:sqlite";
import { refuse } from "../../protocol/errors.ts";
import type { AppError } from "../../stdx/errors.ts";
import { storageErrorOf } from "./storage-error.ts";

/** Sums that an operation leaves to be written once per transaction instead of once per operation. */
export interface GroupTail {
  /** Writes what has gathered and forgets it; runs inside the transaction. */
  flush(): void;
  /** Forgets what has gathered: the transaction it belonged to is void. */
  discard(): void;
}

export interface CommitCounters {
  /** Transactions that reached the disk. */
  readonly commits: number;
  /** Transactions that the storage refused. */
  readonly failures: number;
  /** Operations in the transactions that reached the disk. */
  readonly operations: number;
  /** How many commits held up to 1, 2, 4, 8, … operations, each counted once. */
  readonly sizes: readonly number[];
}

interface Member {
  readonly tail: GroupTail | undefined;
  /** Runs the operation and keeps its value for `keep`. */
  attempt(): void;
  /** Resolves the caller's promise: the operation is on the disk. */
  keep(): void;
  reject(error: unknown): void;
}

const consequence = "Nothing was kept.";

/**
 * Group commit: operations that arrive in one turn of the event loop share one transaction, and so one wait for the
 * disk, which costs more than dozens of operations.
 *
 * Invariant: nothing is ever half done. A promise resolves after its transaction was synced to the disk; when the
 * storage fails, all operations of the transaction reject and none was kept; when one operation itself throws, it alone
 * rejects and its neighbours are kept.
 */
export class CommitGroup implements AsyncDisposable {
  readonly #database: DatabaseSync;
  readonly #operationsMax: number;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #waiting: Member[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  #closed = false;
  #commits = 0;
  #failures = 0;
  #operations = 0;
  readonly #sizes: number[] = [];
  #refusal: AppError | undefined;

  /** @param operationsMax a transaction of this size is committed at once; it bounds how long the event loop is held */
  constructor(database: DatabaseSync, operationsMax = 256) {
    this.#database = database;
    this.#operationsMax = operationsMax;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
  }

  /**
   * Resolves with what `operation` returned once that is durable. The operation may run twice, in a transaction that was
   * rolled back in between, so it may change nothing but the database and its `tail`.
   */
  run<T>(operation: () => T, tail?: GroupTail): Promise<T> {
    if (this.#closed) return Promise.reject(refuse("shutting_down", "The database is closed."));
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let keep = () => {};
    this.#waiting.push({
      tail,
      attempt: () => {
        const value = operation();
        keep = () => resolve(value);
      },
      keep: () => keep(),
      reject,
    });
    if (this.#waiting.length >= this.#operationsMax) this.#flush();
    else this.#scheduled ??= setImmediate(() => this.#flush());
    return promise;
  }

  /** Why the storage refused the latest transaction; undefined when it took it. */
  get refusal(): AppError | undefined {
    return this.#refusal;
  }

  counters(): CommitCounters {
    return {
      commits: this.#commits,
      failures: this.#failures,
      operations: this.#operations,
      sizes: [...this.#sizes],
    };
  }

  /** Commits what waits and takes nothing more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#flush();
  }

  #flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const members = this.#waiting;
    if (members.length === 0) return;
    this.#waiting = [];
    const kept = this.#transact(members);
    for (const member of kept) member.keep();
  }

  /** Commits the members, those that throw excepted, and returns the committed ones; the others have been rejected. */
  #transact(members: readonly Member[]): readonly Member[] {
    try {
      let kept = members;
      if (!this.#together(members)) kept = this.#apart(members);
      this.#commit.run();
      this.#count(kept.length);
      return kept;
    } catch (error) {
      this.#failures += 1;
      this.#refusal = storageErrorOf(error, consequence);
      const reason = this.#refusal ?? error;
      for (const member of members) member.reject(reason);
      this.#recover(members);
      return [];
    }
  }

  /** The usual way: all in one go. False, with nothing begun, when an operation threw for reasons of its own. */
  #together(members: readonly Member[]): boolean {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    this.#begin.run();
    try {
      for (const member of members) member.attempt();
      for (const tail of tailsOf(members)) tail.flush();
      return true;
    } catch (error) {
      if (storageErrorOf(error, consequence)) throw error;
      this.#rollback(members);
      return false;
    }
  }

  /** Each between savepoints, which costs two statements more, so that the one that throws takes no other with it. */
  #apart(members: readonly Member[]): readonly Member[] {
    this.#begin.run();
    const kept: Member[] = [];
    for (const member of members) {
      this.#database.exec("SAVEPOINT member");
      try {
        member.attempt();
        member.tail?.flush();
        kept.push(member);
      } catch (error) {
        // A failing disk rolls the whole transaction back on its own; the savepoint is then gone.
        if (storageErrorOf(error, consequence)) throw error;
        member.tail?.discard();
        this.#database.exec("ROLLBACK TO member");
        member.reject(error);
      }
      this.#database.exec("RELEASE member");
    }
    return kept;
  }

  #rollback(members: readonly Member[]): void {
    for (const tail of tailsOf(members)) tail.discard();
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
  }

  /** Leaves the connection ready for the next transaction even if the disk refuses the rollback as well. */
  #recover(members: readonly Member[]): void {
    try {
      this.#rollback(members);
    } catch {
      // SQLite never keeps a transaction whose commit failed; the next one begins with the rollback that is due.
    }
  }

  #count(size: number): void {
    this.#refusal = undefined;
    this.#commits += 1;
    this.#operations += size;
    const bucket = Math.ceil(Math.log2(Math.max(1, size)));
    while (this.#sizes.length <= bucket) this.#sizes.push(0);
    this.#sizes[bucket] = (this.#sizes[bucket] ?? 0) + 1;
  }
}

function tailsOf(members: readonly Member[]): ReadonlySet<GroupTail> {
  const tails = new Set<GroupTail>();
  for (const { tail } of members) if (tail) tails.add(tail);
  return tails;
}
