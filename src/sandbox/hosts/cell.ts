import type { JobErrorCode } from "../../protocol/errors.ts";
import type { CellKind, Language } from "../../protocol/languages.ts";
import type { OutputStream } from "../../protocol/output.ts";
import type { Isolation } from "../../protocol/volunteer.ts";

/** Code with what it needs. */
export interface CellCode {
  readonly language: Language;
  /** Source text; empty for wasm. */
  readonly code: string;
  /** The module and its name, for wasm. */
  readonly module: { readonly cid: string; readonly bytes: Uint8Array } | undefined;
}

/** A guest's work as a worker hands it to a cell. */
export type CellWork =
  /** A job, which leaves no trace for the next. */
  | ({ readonly kind: "run"; readonly inputJson: string } & CellCode)
  /** Makes the cell an instance of a function. */
  | ({ readonly kind: "load"; readonly env: Readonly<Record<string, string>> } & CellCode)
  /** A call of the function that was loaded before it. */
  | { readonly kind: "call"; readonly requestJson: string };

export interface CellTask {
  readonly work: CellWork;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  onOutput(stream: OutputStream, text: string): void;
  /** The guest asks the orchestrator and waits for a `HostAnswer` as JSON text. */
  onAsk(op: string, argsJson: string): Promise<string>;
}

export interface CellStats {
  wallMs: number;
  cpuMs: number | undefined;
  peakMemoryBytes: number | undefined;
}

export type CellOutcome =
  /** `resultJson` is undefined when the guest returned nothing. */
  | { kind: "completed"; resultJson: string | undefined; stats: CellStats }
  | { kind: "failed"; code: JobErrorCode; message: string; stats: CellStats }
  /** It never began, because the cell was killed or given up before its turn, or its cell was lost to no fault of its own. */
  | { kind: "unstarted" }
  /** Stopped by `Cell.kill("cancelled")` while it was at its turn. */
  | { kind: "cancelled" };

/** A handle on a task that was given to a cell. */
export interface CellRun {
  readonly outcome: Promise<CellOutcome>;
  /** Milliseconds (monotonic) at which it came to its turn; undefined while others are before it. */
  readonly startedAt: number | undefined;
  /** Takes the task back if it has not begun; its outcome is then `unstarted`. */
  withdraw(): void;
}

/**
 * One sealed place. It serves one namespace in its life. Tasks run one by one in the order given.
 * The host enforces time and memory from outside, by killing; after that, or when the kernel says it is spent, the cell
 * is gone: `gone` resolves, and later tasks come back `unstarted`.
 */
export interface Cell {
  readonly kind: CellKind;
  /** True until it was killed, crashed or is spent. */
  readonly alive: boolean;
  readonly gone: Promise<void>;
  /** Tasks given and not yet ended. */
  readonly pending: number;
  run(task: CellTask): CellRun;
  /**
   * Stops the guest where it is until `resume`; that time does not count against its timeout.
   * @returns false where it goes on instead, since it can't be stopped here or has not started yet
   */
  suspend(): boolean;
  /** Lets a suspended guest go on; otherwise nothing. */
  resume(): void;
  /** Ends the process at once. The task at its turn ends `cancelled`, those behind it `unstarted`. */
  kill(): void;
}

/** Starts cells, and keeps a spare of each kind that is to be warm. */
export interface CellHost extends AsyncDisposable {
  readonly isolation: Isolation;
  /** A cell that has served nobody yet: a spare if one stands ready, else a new one. */
  take(kind: CellKind): Cell;
  /** From now on a spare of this kind stands ready. */
  warm(kind: CellKind): void;
}
