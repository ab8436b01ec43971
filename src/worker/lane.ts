import type { CellKind } from "../protocol/languages.ts";
import type { FunctionMessage, InvokeMessage, JobMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { Cell, CellCode, CellHost, CellOutcome, CellStats } from "../sandbox/hosts/cell.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { nextTurn } from "../stdx/next-turn.ts";
import { type Assignment, CallAssignment, JobAssignment } from "./assignment.ts";
import { type GuestEvents, GuestTask } from "./guest-task.ts";
import { type Instance, LaneCells } from "./lane-cells.ts";
import type { ModuleSource } from "./modules.ts";
import { Pacer } from "./pacer.ts";

/** A head that runs this long makes those who wait behind it go back. */
const slowHeadMs = 50;
/**
 * A head whose cell takes this long to be there goes back, and may find another volunteer: a tab that loads Python over a
 * slow network needs longer than many jobs may take, and the job's time runs at the orchestrator meanwhile.
 */
const lateStartMs = 5000;
/** A cell that is not there after this many such turns is not to be expected any more. */
const lateStartsMax = 24;
const logIntervalMs = 50;
const idleCellMs = 60_000;
/** What the start of a cell takes of a processor, also where a spare was ready: then the next spare is started. */
const startCpuMs: Readonly<Record<CellKind, number>> = { core: 90, python: 300 };
/** How long a function's top level may take. */
const loadTimeoutMs = 10_000;
/** Work whose cell is gone before its turn this often in a row meets a broken host, not bad luck. */
const beginsMax = 4;

export interface LaneParts {
  readonly cells: CellHost;
  readonly modules: ModuleSource;
  readonly clock: Clock;
  /** How much of the time the slot may be busy: above 0, at most 1. */
  readonly share: number;
  send(message: VolunteerMessage): void;
  /** A guest of this assignment asks the orchestrator. @returns a `HostAnswer` as JSON text */
  ask(assignment: Assignment, op: string, argsJson: string): Promise<string>;
  /** It has come to its turn in a cell. */
  began(assignment: Assignment): void;
  /** Whether it takes work may have changed, see `isOpen`. Called before what it then gives back. */
  opened(): void;
  /** Called once for each assignment that is over here, however it ended. */
  ended(assignment: Assignment, how: string, stats: CellStats | undefined): void;
}

/**
 * One slot of a worker: does its jobs and calls one by one, in the order given, in cells of the namespace they belong to.
 * What goes to the same cell is handed to it at once, so that it never waits for us.
 */
export class Lane {
  readonly #parts: LaneParts;
  readonly #cells: LaneCells;
  readonly #pacer: Pacer;
  readonly #guests: GuestEvents;
  #paused = false;
  /** In order; the first ones may be in a cell. */
  #queue: Assignment[] = [];
  #fetching = false;
  #slowTimer: Timer | undefined;
  #late: { readonly head: Assignment; readonly timer: Timer } | undefined;
  /** Heads in a row that went back because no cell was there. */
  #lateStarts = 0;
  #logTimer: Timer | undefined;
  #idleTimer: Timer | undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#guests = {
      printed: () => this.#logSoon(),
      asked: (assignment, op, argsJson) => parts.ask(assignment, op, argsJson),
    };
    this.#cells = new LaneCells(parts.cells, (kind) => this.#pacer.owe(startCpuMs[kind]));
    this.#pacer = new Pacer(parts.clock, parts.share, {
      resting: () => {
        parts.opened();
        this.returnWaiting();
      },
      rested: () => {
        parts.opened();
        this.#pump();
      },
    });
  }

  get size(): number {
    return this.#queue.length;
  }

  /** Whether it takes work now: it neither is paused nor takes a longer rest to keep to its share. */
  get isOpen(): boolean {
    return !this.#paused && !this.#pacer.isResting;
  }

  /** From now on, for what runs as well. */
  set share(share: number) {
    this.#pacer.share = share;
  }

  /** Takes no work until it is resumed, and gives back what has not begun. What runs is finished, unless given up. */
  pause(givesUp: boolean): void {
    this.#paused = true;
    this.#parts.opened();
    this.returnWaiting();
    const head = this.#queue[0];
    if (!givesUp || !head?.run || head.takenBack) return;
    head.takenBack = "given up";
    head.cell?.kill();
  }

  resume(): void {
    this.#paused = false;
    this.#parts.opened();
  }

  assign(job: JobMessage): void {
    this.#add(new JobAssignment(job));
  }

  call(call: InvokeMessage, called: FunctionMessage): void {
    this.#add(new CallAssignment(call, called));
  }

  forget(functionId: string): void {
    this.#cells.forget(functionId);
  }

  /** The orchestrator no longer wants this; nothing is answered. */
  cancel(id: string, lease: number | undefined): void {
    const assignment = this.#queue.find(
      (held) => held.id === id && (lease === undefined || held.lease === lease),
    );
    if (!assignment) return;
    assignment.takenBack = "cancelled";
    if (!assignment.run) this.#remove(assignment, "cancelled");
    else if (assignment === this.#queue[0]) assignment.cell?.kill();
    else assignment.run.withdraw();
  }

  /** Gives back everything that has not begun. */
  returnWaiting(): void {
    for (const assignment of [...this.#queue]) this.#giveBack(assignment);
  }

  /** Stops all work at once. The leases are void already, so nothing is answered. */
  abandon(): void {
    for (const assignment of this.#queue) assignment.takenBack = "abandoned";
    const waiting = this.#queue.filter(({ run }) => !run);
    for (const assignment of waiting) this.#remove(assignment, "abandoned");
    this.#cells.kill();
  }

  #add(assignment: Assignment): void {
    this.#idleTimer?.cancel();
    this.#idleTimer = undefined;
    this.#queue.push(assignment);
    if (this.isOpen) this.#pump();
    else this.#giveBack(assignment);
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
    this.#parts.send({ type: "return", job_id: assignment.id, lease: assignment.lease });
    this.#remove(assignment, "returned");
  }

  #remove(assignment: Assignment, how: string, stats?: CellStats): void {
    const at = this.#queue.indexOf(assignment);
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#parts.ended(assignment, how, stats);
    if (this.#queue.length > 0) return;
    this.#slowTimer?.cancel();
    this.#slowTimer = undefined;
    this.#idleTimer ??= this.#parts.clock.after(idleCellMs, () => this.#cells.kill());
  }

  /** Hands to a cell whatever may go in now: the head, and those behind it that go to the same cell. */
  #pump(): void {
    if (this.#fetching) return;
    const head = this.#queue[0];
    if (!head || !(head.run || this.#pacer.mayBegin)) return;
    for (const assignment of this.#queue) {
      if (!sharesCell(assignment, head)) break;
      if (assignment.run) continue;
      // What a cell has can't be kept from running: a slot that rests in between gives it one at a time.
      if (assignment !== head && this.#pacer.share < 1) break;
      if (assignment.moduleName) {
        this.#fetchThenBegin(assignment, assignment.moduleName);
        break;
      }
      this.#begin(assignment, undefined);
    }
    this.#beginTurn(head);
    this.#watchForSlowHead();
    this.#watchForLateStart(head);
  }

  #watchForLateStart(head: Assignment): void {
    if (!head.run) return;
    if (head.run.startedAt !== undefined) {
      this.#lateStarts = 0;
      return;
    }
    if (this.#late?.head === head) return;
    this.#late?.timer.cancel();
    const timer = this.#parts.clock.after(lateStartMs, () => {
      this.#late = undefined;
      if (head !== this.#queue[0] || head.takenBack || head.run?.startedAt !== undefined) return;
      this.#lateStarts++;
      if (this.#lateStarts <= lateStartsMax) {
        this.#giveBack(head);
      } else {
        head.takenBack = "cancelled";
        this.#parts.send(head.failure("volunteer_error", "No cell was ready for it in time."));
        head.run?.withdraw();
      }
    });
    this.#late = { head, timer };
  }

  #beginTurn(head: Assignment): void {
    if (!head.run || !head.cell) return;
    this.#pacer.work(head.cell);
    if (head.begun) return;
    head.begun = true;
    this.#parts.began(head);
  }

  #fetchThenBegin(assignment: Assignment, { cid, path }: { cid: string; path: string }): void {
    this.#fetching = true;
    this.#parts.modules
      .module(cid, path)
      .then(
        (bytes) => {
          if (this.#queue.includes(assignment)) this.#begin(assignment, { cid, bytes });
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

  #begin(assignment: Assignment, module: CellCode["module"]): void {
    const { namespace, cellKind } = assignment;
    assignment.begins++;
    if (assignment instanceof CallAssignment) {
      const instance =
        this.#cells.warmInstance(assignment.functionId) ?? this.#newInstance(assignment, module);
      this.#runIn(instance.cell, assignment, module, instance);
    } else {
      this.#runIn(this.#cells.forJobs(namespace, cellKind), assignment, module, undefined);
    }
  }

  /** A cell that is about to load the function which is called. */
  #newInstance(assignment: CallAssignment, module: CellCode["module"]): Instance {
    assignment.cold = true;
    const instance = this.#cells.newInstance(assignment.functionId, assignment.cellKind);
    const { cell } = instance;
    const work = assignment.loading(module);
    cell.run(new GuestTask(work, loadTimeoutMs, cell, assignment, this.#guests)).outcome.then((loaded) => {
      if (loaded.kind === "failed") instance.failure = loaded;
    });
    return instance;
  }

  #runIn(
    cell: Cell,
    assignment: Assignment,
    module: CellCode["module"],
    instance: Instance | undefined,
  ): void {
    const work = assignment.work(module);
    assignment.cell = cell;
    assignment.run = cell.run(new GuestTask(work, assignment.timeoutMs, cell, assignment, this.#guests));
    assignment.run.outcome.then(
      (outcome) => this.#settle(assignment, outcome, instance),
      (error: unknown) => {
        this.#parts.send(assignment.failure("volunteer_error", `The worker failed: ${String(error)}`));
        this.#remove(assignment, "worker failed");
        this.#pacer.rest();
        this.#pump();
      },
    );
  }

  #settle(assignment: Assignment, outcome: CellOutcome, instance: Instance | undefined): void {
    assignment.run = undefined;
    const wasAtTurn = assignment === this.#queue[0];
    this.#cells.sweep();
    if (assignment.takenBack === "cancelled" || assignment.takenBack === "abandoned") {
      this.#remove(assignment, assignment.takenBack);
    } else if (assignment.takenBack === "given up") {
      this.#parts.send(assignment.failure("volunteer_error", "The volunteer paused, and gave it up."));
      this.#remove(assignment, "given up");
    } else if (outcome.kind === "unstarted" && instance?.failure) {
      this.#parts.send(assignment.answer(instance.failure));
      this.#remove(assignment, instance.failure.code);
    } else if (outcome.kind === "unstarted") {
      // Its cell died under other work: the next pump gives it a new one.
      if (assignment.takenBack === "returned") this.#returned(assignment);
      else if (assignment.begins >= beginsMax) {
        this.#parts.send(assignment.failure("volunteer_error", "No cell could be started for it."));
        this.#remove(assignment, "no cell");
      }
    } else if (outcome.kind === "cancelled") {
      // We killed the cell ourselves without a cancel: only a kernel that lets too much output through gets that.
      this.#parts.send(assignment.failure("output_exceeded", "It printed more than is allowed."));
      this.#remove(assignment, "output_exceeded");
    } else {
      this.#parts.send(assignment.answer(outcome));
      const how = outcome.kind === "completed" ? "completed" : outcome.code;
      this.#remove(assignment, how, outcome.stats);
    }
    if (wasAtTurn) this.#pacer.rest();
    this.#pump();
  }

  #watchForSlowHead(): void {
    if (this.#slowTimer || this.#queue.length < 2) return;
    this.#slowTimer = this.#parts.clock.after(slowHeadMs, () => {
      // What arrived in the meantime is read first: the head may be long done.
      nextTurn(() => {
        this.#slowTimer = undefined;
        const startedAt = this.#queue[0]?.run?.startedAt;
        const slow = startedAt !== undefined && this.#parts.clock.monotonic() - startedAt >= slowHeadMs;
        if (slow) for (const assignment of this.#queue.slice(1)) this.#giveBack(assignment);
        this.#watchForSlowHead();
      });
    });
  }

  /** Only jobs have listeners while they run; what a call prints travels with its answer. */
  #logSoon(): void {
    this.#logTimer ??= this.#parts.clock.after(logIntervalMs, () => {
      this.#logTimer = undefined;
      const head = this.#queue[0];
      if (!(head instanceof JobAssignment) || head.takenBack) return;
      for (const message of head.unsentLogs()) this.#parts.send(message);
    });
  }
}

function sharesCell(one: Assignment, other: Assignment): boolean {
  return (
    one.functionId === other.functionId &&
    one.namespace === other.namespace &&
    one.cellKind === other.cellKind
  );
}
