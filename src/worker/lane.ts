import { type CellKind, cellKindOf } from "../protocol/languages.ts";
import type { JobMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { Cell, CellHost, CellOutcome, CellTask } from "../sandbox/hosts/cell.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { Assignment } from "./assignment.ts";
import type { ModuleSource } from "./modules.ts";

/** A head that runs this long makes those who wait behind it go back. */
const slowHeadMs = 50;
const logIntervalMs = 50;
const idleCellMs = 60_000;
/** A job whose cell is gone before its turn this often in a row meets a broken host, not bad luck. */
const beginsMax = 4;

export interface LaneParts {
  readonly cells: CellHost;
  readonly modules: ModuleSource;
  readonly clock: Clock;
  send(message: VolunteerMessage): void;
  /** Called once for each job that is over here, however it ended. */
  ended(job: JobMessage, how: string, wallMs: number | undefined): void;
}

/**
 * One slot of a worker: runs its jobs one by one, in the order given, in cells of the namespace they belong to.
 * Jobs of the same namespace and kind of cell are all handed to the cell at once, so that it never waits for us.
 */
export class Lane {
  readonly #parts: LaneParts;
  readonly #cells = new Map<CellKind, Cell>();
  #namespace: string | undefined;
  /** In order; the first ones may be in a cell. */
  #queue: Assignment[] = [];
  #fetching = false;
  #slowTimer: Timer | undefined;
  #logTimer: Timer | undefined;
  #idleTimer: Timer | undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#queue.length;
  }

  assign(job: JobMessage): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = undefined;
    this.#queue.push(new Assignment(job));
    this.#pump();
  }

  /** The orchestrator no longer wants this job; nothing is answered. */
  cancel(jobId: string, lease: number | undefined): void {
    const assignment = this.#queue.find(
      ({ job }) => job.job_id === jobId && (lease === undefined || job.lease === lease),
    );
    if (!assignment) return;
    assignment.takenBack = "cancelled";
    if (!assignment.run) this.#remove(assignment, "cancelled");
    else if (assignment === this.#queue[0]) this.#cells.get(cellKindOf(assignment.job.job_type))?.kill();
    else assignment.run.withdraw();
  }

  /** Gives back every job that has not begun. */
  returnWaiting(): void {
    for (const assignment of [...this.#queue]) this.#giveBack(assignment);
  }

  /** Stops all work at once. The leases are void already, so nothing is answered. */
  abandon(): void {
    for (const assignment of this.#queue) assignment.takenBack = "cancelled";
    const waiting = this.#queue.filter(({ run }) => !run);
    for (const assignment of waiting) this.#remove(assignment, "abandoned");
    this.#killCells();
  }

  #giveBack(assignment: Assignment): void {
    if (assignment.takenBack) return;
    if (assignment.run) {
      if (assignment === this.#queue[0] && assignment.run.startedAt !== undefined) return;
      assignment.takenBack = "returned";
      assignment.run.withdraw();
    } else {
      this.#returned(assignment);
    }
  }

  #returned(assignment: Assignment): void {
    const { job_id, lease } = assignment.job;
    this.#parts.send({ type: "return", job_id, lease });
    this.#remove(assignment, "returned");
  }

  #remove(assignment: Assignment, how: string, wallMs?: number): void {
    const at = this.#queue.indexOf(assignment);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#parts.ended(assignment.job, how, wallMs);
    if (this.#queue.length > 0) return;
    this.#slowTimer?.cancel();
    this.#slowTimer = undefined;
    this.#idleTimer ??= this.#parts.clock.after(idleCellMs, () => this.#killCells());
  }

  #killCells(): void {
    for (const cell of this.#cells.values()) cell.kill();
    this.#cells.clear();
    this.#namespace = undefined;
  }

  /** Hands to a cell whatever may go in now: the head, and those behind it that share its namespace and kind. */
  #pump(): void {
    if (this.#fetching) return;
    const head = this.#queue[0];
    if (!head) return;
    const kind = cellKindOf(head.job.job_type);
    for (const assignment of this.#queue) {
      if (assignment.job.namespace !== head.job.namespace || cellKindOf(assignment.job.job_type) !== kind)
        break;
      if (assignment.run) continue;
      if (assignment.job.job_type === "wasm") {
        this.#fetchThenRun(assignment, kind);
        break;
      }
      this.#begin(assignment, kind, undefined);
    }
    this.#watchForSlowHead();
  }

  #fetchThenRun(assignment: Assignment, kind: CellKind): void {
    const { wasm_cid: cid = "", wasm_url: path = `/ipfs/${cid}` } = assignment.job;
    this.#fetching = true;
    this.#parts.modules
      .module(cid, path)
      .then(
        (bytes) => {
          if (this.#queue.includes(assignment)) this.#begin(assignment, kind, { cid, bytes });
        },
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          if (!assignment.takenBack) this.#parts.send(assignment.failure("volunteer_error", message));
          this.#remove(assignment, "no module");
        },
      )
      .finally(() => {
        this.#fetching = false;
        this.#pump();
      });
  }

  #cellFor(namespace: string, kind: CellKind): Cell {
    // A cell serves one namespace in its life: on a change both kinds go.
    if (this.#namespace !== namespace) this.#killCells();
    this.#namespace = namespace;
    let cell = this.#cells.get(kind);
    if (!cell?.alive) {
      cell = this.#parts.cells.take(kind);
      this.#cells.set(kind, cell);
    }
    return cell;
  }

  #begin(assignment: Assignment, kind: CellKind, module: CellTask["module"]): void {
    const { job } = assignment;
    const cell = this.#cellFor(job.namespace, kind);
    assignment.begins++;
    assignment.run = cell.run({
      language: job.job_type,
      code: job.code ?? "",
      module,
      inputJson: JSON.stringify(job.input_data),
      timeoutMs: job.timeout_seconds * 1000,
      memoryMb: job.memory_mb,
      onOutput: (stream, text) => {
        if (assignment.print(stream, text)) this.#logSoon();
        else cell.kill();
      },
    });
    assignment.run.outcome.then(
      (outcome) => this.#settle(assignment, outcome),
      (error: unknown) => {
        this.#parts.send(assignment.failure("volunteer_error", `The worker failed: ${String(error)}`));
        this.#remove(assignment, "worker failed");
        this.#pump();
      },
    );
  }

  #settle(assignment: Assignment, outcome: CellOutcome): void {
    assignment.run = undefined;
    if (assignment.takenBack === "cancelled") {
      this.#remove(assignment, "cancelled");
    } else if (outcome.kind === "unstarted") {
      // Its cell died under another job: the next pump gives it a new one.
      if (assignment.takenBack === "returned") this.#returned(assignment);
      else if (assignment.begins >= beginsMax) {
        this.#parts.send(assignment.failure("volunteer_error", "No cell could be started for the job."));
        this.#remove(assignment, "no cell");
      }
    } else if (outcome.kind === "cancelled") {
      // We killed the cell ourselves without a cancel: only a kernel that lets too much output through gets that.
      this.#parts.send(assignment.failure("output_exceeded", "The job printed more than is allowed."));
      this.#remove(assignment, "output_exceeded");
    } else {
      this.#parts.send(assignment.answer(outcome));
      const how = outcome.kind === "completed" ? "completed" : outcome.code;
      this.#remove(assignment, how, outcome.stats.wallMs);
    }
    this.#pump();
  }

  #watchForSlowHead(): void {
    if (this.#slowTimer || this.#queue.length < 2) return;
    this.#slowTimer = this.#parts.clock.after(slowHeadMs, () => {
      // What arrived in the meantime is read first: the head may be long done.
      setImmediate(() => {
        this.#slowTimer = undefined;
        const startedAt = this.#queue[0]?.run?.startedAt;
        const slow = startedAt !== undefined && this.#parts.clock.monotonic() - startedAt >= slowHeadMs;
        if (slow) for (const assignment of this.#queue.slice(1)) this.#giveBack(assignment);
        this.#watchForSlowHead();
      });
    });
  }

  #logSoon(): void {
    this.#logTimer ??= this.#parts.clock.after(logIntervalMs, () => {
      this.#logTimer = undefined;
      const head = this.#queue[0];
      if (head && !head.takenBack) for (const message of head.unsentLogs()) this.#parts.send(message);
    });
  }
}
