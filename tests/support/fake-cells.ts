import type { CellKind } from "../../src/protocol/languages.ts";
import type { Cell, CellHost, CellOutcome, CellRun, CellTask } from "../../src/sandbox/hosts/cell.ts";

/** A task inside a fake cell: the test decides when and how it ends. */
export class FakeRun implements CellRun {
  readonly task: CellTask;
  readonly #outcome = Promise.withResolvers<CellOutcome>();
  readonly outcome = this.#outcome.promise;
  startedAt: number | undefined;
  readonly #cell: FakeCell;

  constructor(cell: FakeCell, task: CellTask) {
    this.#cell = cell;
    this.task = task;
  }

  withdraw(): void {
    if (this.startedAt === undefined) this.end({ kind: "unstarted" });
  }

  end(outcome: CellOutcome): void {
    this.#cell.ended(this);
    this.#outcome.resolve(outcome);
  }

  complete(resultJson: string | undefined): void {
    this.end({
      kind: "completed",
      resultJson,
      stats: { wallMs: 1, cpuMs: undefined, peakMemoryBytes: undefined },
    });
  }
}

/** A cell of which the test is the kernel. */
export class FakeCell implements Cell {
  readonly kind: CellKind;
  alive = true;
  /** False: it goes on when told to stop, as in a browser. */
  canSuspend = true;
  suspended = false;
  readonly #gone = Promise.withResolvers<void>();
  readonly gone = this.#gone.promise;
  runs: FakeRun[] = [];
  readonly #now: () => number;
  readonly #ready: boolean;

  constructor(kind: CellKind, now: () => number, ready: boolean) {
    this.kind = kind;
    this.#now = now;
    this.#ready = ready;
  }

  get pending(): number {
    return this.runs.length;
  }

  run(task: CellTask): CellRun {
    const run = new FakeRun(this, task);
    this.runs.push(run);
    this.#startHead();
    return run;
  }

  suspend(): boolean {
    this.suspended = this.canSuspend;
    return this.suspended;
  }

  resume(): void {
    this.suspended = false;
  }

  kill(): void {
    this.die({ kind: "cancelled" });
  }

  /** The process ends: the task at its turn with `outcome`, those behind it unstarted. */
  die(outcome: CellOutcome): void {
    this.alive = false;
    for (const run of [...this.runs]) run.end(run.startedAt === undefined ? { kind: "unstarted" } : outcome);
    this.#gone.resolve();
  }

  ended(run: FakeRun): void {
    this.runs = this.runs.filter((other) => other !== run);
    if (this.alive) this.#startHead();
  }

  #startHead(): void {
    const head = this.runs[0];
    if (head && this.#ready) head.startedAt ??= this.#now();
  }
}

/** Hands out fake cells and remembers them. */
export class FakeCellHost implements CellHost {
  readonly isolation = "unknown";
  readonly cells: FakeCell[] = [];
  /** False: its cells never come to where they could begin. */
  ready = true;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  take(kind: CellKind): FakeCell {
    const cell = new FakeCell(kind, this.#now, this.ready);
    this.cells.push(cell);
    return cell;
  }

  warm(): void {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
