import type { OutputStream } from "../protocol/output.ts";
import type { Cell, CellTask, CellWork } from "../sandbox/hosts/cell.ts";
import type { Assignment } from "./assignment.ts";

/** What a guest at work may set off. */
export interface GuestEvents {
  /** It has printed something, which is kept. */
  printed(): void;
  /** It asks the orchestrator. @returns a `HostAnswer` as JSON text */
  asked(assignment: Assignment, op: string, argsJson: string): Promise<string>;
}

/** Work on an assignment as a cell is given it, and how the guest at it reaches us. */
export class GuestTask implements CellTask {
  readonly work: CellWork;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly #cell: Cell;
  readonly #assignment: Assignment;
  readonly #events: GuestEvents;

  constructor(work: CellWork, timeoutMs: number, cell: Cell, assignment: Assignment, events: GuestEvents) {
    this.work = work;
    this.timeoutMs = timeoutMs;
    this.memoryMb = assignment.memoryMb;
    this.#cell = cell;
    this.#assignment = assignment;
    this.#events = events;
  }

  onOutput(stream: OutputStream, text: string): void {
    if (this.#assignment.print(stream, text)) this.#events.printed();
    else this.#cell.kill();
  }

  onAsk(op: string, argsJson: string): Promise<string> {
    return this.#events.asked(this.#assignment, op, argsJson);
  }
}
