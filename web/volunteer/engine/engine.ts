import type { ConnectLink } from "../../../src/protocol/link.ts";
import type { Capabilities } from "../../../src/protocol/volunteer.ts";
import type { CellHost } from "../../../src/sandbox/hosts/cell.ts";
import type { Clock, Timer } from "../../../src/stdx/clock.ts";
import type { Log } from "../../../src/stdx/log.ts";
import { Backoff } from "../../../src/worker/backoff.ts";
import type { ModuleSource } from "../../../src/worker/modules.ts";
import { Worker } from "../../../src/worker/worker.ts";
import { Ledger, type TotalsKeeper } from "./ledger.ts";
import type { EngineSettings, EngineSnapshot, Phase, PythonLoad } from "./messages.ts";
import { SleepWatch } from "./sleep-watch.ts";
import { WorkBoard } from "./work-board.ts";

const firstRetryMs = 250;
const lastRetryMs = 15_000;
/** People can't read faster than that. */
const snapshotEveryMs = 200;
/** Settings that take another worker hold once they have been left alone for so long: sliders are dragged. */
const regroupMs = 400;
/** How long work of former settings may go on beside that of the new ones. */
const overlapMs = 30_000;

export interface EngineParts {
  readonly connect: ConnectLink;
  readonly cells: CellHost;
  readonly modules: ModuleSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly totals: TotalsKeeper;
  readonly agent: string;
  /** What this browser can do at all; settings may narrow it. */
  readonly capabilities: Omit<Capabilities, "max_memory_mb">;
  /** Told when it begins to work and when it has ended. */
  working(working: boolean): void;
  /** How far Python has come. */
  pythonLoad(): PythonLoad;
  report(snapshot: EngineSnapshot): void;
}

interface Crew {
  readonly worker: Worker;
  readonly board: WorkBoard;
  readonly settings: EngineSettings;
}

/** A volunteer inside a tab, as its page commands: keeps a worker with the settings of the day. */
export class Engine implements Disposable {
  readonly #parts: EngineParts;
  readonly #ledger: Ledger;
  readonly #sleepWatch: SleepWatch;
  #crew: Crew | undefined;
  #phase: Phase = "off";
  #piecesBefore = 0;
  #timer: Timer | undefined;
  #regroupTimer: Timer | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#ledger = new Ledger(parts.totals, parts.clock, () => this.changed());
    this.#sleepWatch = new SleepWatch(parts.clock, () => this.#crew?.worker.reconnect());
  }

  [Symbol.dispose](): void {
    this.#sleepWatch[Symbol.dispose]();
    this.#timer?.cancel();
    this.#regroupTimer?.cancel();
  }

  /** Begins to work, or goes on with these settings. */
  work(settings: EngineSettings): void {
    this.#regroupTimer?.cancel();
    const crew = this.#phase === "working" ? this.#crew : undefined;
    if (!crew) {
      this.#regroup(settings);
    } else if (sameCrew(crew.settings, settings)) {
      crew.worker.share = settings.sharePercent / 100;
      if (settings.python && settings.pythonReady) this.#parts.cells.warm("python");
    } else {
      this.#regroupTimer = this.#parts.clock.after(regroupMs, () => this.#regroup(settings));
    }
  }

  /** Takes nothing new, finishes what runs within this time, and leaves. */
  async rest(withinMs: number): Promise<void> {
    this.#regroupTimer?.cancel();
    const crew = this.#crew;
    if (!crew) return;
    this.#phase = "finishing";
    this.changed();
    await this.#retire(crew, withinMs);
    // Meanwhile it may have been told to work again.
    if (this.#crew !== crew) return;
    this.#crew = undefined;
    this.#phase = "off";
    this.#parts.working(false);
    this.changed();
  }

  /** The network is another one. */
  reconnect(): void {
    this.#crew?.worker.reconnect();
  }

  /** Another tab has added to the totals. */
  totalsChanged(): void {
    void this.#ledger.reread();
  }

  /** Something is to be reported, before long. */
  changed(): void {
    if (this.#timer) return;
    const dueMs = this.#reportedAt + snapshotEveryMs - this.#parts.clock.monotonic();
    this.#timer = this.#parts.clock.after(Math.max(0, dueMs), () => this.#report());
  }

  /** A new worker for these settings, beside which the former one finishes what it has. */
  #regroup(settings: EngineSettings): void {
    const before = this.#crew;
    this.#phase = "working";
    this.#parts.working(true);
    this.#crew = this.#start(settings);
    if (before) void this.#retire(before, overlapMs);
    this.changed();
  }

  #start(settings: EngineSettings): Crew {
    const { connect, cells, modules, clock, log, agent, capabilities } = this.#parts;
    const board = new WorkBoard(settings.slots, clock, () => this.changed());
    const backoff = new Backoff(firstRetryMs, lastRetryMs);
    const python = capabilities.python && settings.python;
    if (python && settings.pythonReady) cells.warm("python");
    cells.warm("core");
    const worker = new Worker(
      { connect, cells, modules, clock, log, backoff, observer: board },
      {
        slots: settings.slots,
        namespaces: settings.namespaces,
        capabilities: { ...capabilities, python, max_memory_mb: settings.memoryMb },
        agent,
        share: settings.sharePercent / 100,
      },
    );
    worker.start();
    return { worker, board, settings };
  }

  async #retire({ worker, board }: Crew, withinMs: number): Promise<void> {
    if (withinMs > 0) await worker.drain(withinMs);
    await worker[Symbol.asyncDispose]();
    this.#take(board);
    this.#piecesBefore += board.pieces;
    await this.#ledger.save();
  }

  #take(board: WorkBoard): void {
    this.#ledger.add(board.takeDone());
  }

  #report(): void {
    this.#timer = undefined;
    this.#reportedAt = this.#parts.clock.monotonic();
    const board = this.#crew?.board;
    if (board) this.#take(board);
    this.#parts.report({
      type: "snapshot",
      phase: this.#phase,
      link: board?.linkState ?? { kind: "stopped" },
      slots: board?.view() ?? [],
      python: this.#parts.pythonLoad(),
      totals: this.#ledger.totals,
      piecesHere: this.#piecesBefore + (board?.pieces ?? 0),
    });
    if (board?.fading) this.changed();
  }
}

/** Whether a worker with the one settings does for the others too. */
function sameCrew(one: EngineSettings, other: EngineSettings): boolean {
  return (
    one.slots === other.slots &&
    one.memoryMb === other.memoryMb &&
    one.token === other.token &&
    one.namespaces?.join() === other.namespaces?.join() &&
    one.python === other.python
  );
}
