import type { CellOutcome, CellRun, CellTask } from "./cell.ts";

/** A task in a cell's queue. The cell calls everything here but `outcome` and `withdraw`. */
export class Run implements CellRun {
  readonly id: number;
  readonly task: CellTask;
  readonly outcome: Promise<CellOutcome>;
  startedAt: number | undefined;
  /** Whether its frame is in the pipe under the present epoch. */
  sent = false;
  /** Characters that it printed so far. */
  outputLength = 0;
  /** It was taken back while its frame was in the pipe: should it come to its turn all the same, that counts for nothing. */
  givenAway = false;
  readonly #resolve: (outcome: CellOutcome) => void;
  readonly #withdraw: (run: Run) => void;

  constructor(id: number, task: CellTask, withdraw: (run: Run) => void) {
    this.id = id;
    this.task = task;
    this.#withdraw = withdraw;
    const { promise, resolve } = Promise.withResolvers<CellOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
  }

  withdraw(): void {
    this.#withdraw(this);
  }

  settle(outcome: CellOutcome): void {
    this.#resolve(outcome);
  }
}
