import type { CellKind } from "../../../protocol/languages.ts";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import type { Cell, CellHost } from "../cell.ts";
import { CellStock } from "../cell-stock.ts";
import { type CellEnd, type CellLink, type CellLinkEvents, QueuedCell } from "../queued-cell.ts";
import { Blame } from "./blame.ts";
import { FrameConnection, type PythonBytes } from "./frame-connection.ts";
import { TimeLimit } from "./time-limit.ts";

export interface WebWorkerCellHostOptions {
  /**
   * Puts the sealed frame into the page, in the place of one that was there before, and gives its port. Called again when
   * the frame's process has died.
   */
  openFrame(): Promise<MessagePort>;
  /** The cell's script. */
  readonly script: Blob;
  /** Loads what Python needs; called at the first Python cell, and once more for each new frame. */
  python(): Promise<PythonBytes>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the sealed frame. Needs a thread of the page's origin, and no document. */
export async function createWebWorkerCellHost(options: WebWorkerCellHostOptions): Promise<WebWorkerCellHost> {
  const host = new WebWorkerCellHost(options);
  await host.open();
  return host;
}

/**
 * Starts cells in a browser and keeps a spare of each kind that was asked for.
 *
 * A worker's memory cannot be seen from outside, and browsers bound it by themselves: buffers and WebAssembly memories end
 * in the guest's own RangeError, and a full heap ends the frame's process. Then all cells in it are gone, and another frame
 * takes its place.
 */
export class WebWorkerCellHost implements CellHost {
  readonly isolation = "browser";
  readonly #options: WebWorkerCellHostOptions;
  readonly #stock: CellStock;
  readonly #blame = new Blame();
  #frame: Promise<FrameConnection> | undefined;
  #python: Promise<void> | undefined;
  #shares = false;

  constructor(options: WebWorkerCellHostOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#stock = new CellStock((kind) => {
      const cell: QueuedCell = new QueuedCell({
        kind,
        open: (events) =>
          this.#openCell(kind, {
            frame: events.frame,
            ended: (end) => events.ended(this.#judged(cell, end)),
          }),
        meter: (overrun) => new TimeLimit(clock, overrun),
        clock,
        log,
      });
      return cell;
    });
  }

  /** Whether guests can ask the orchestrator: a browser must let threads share memory for it. */
  get hostCalls(): boolean {
    return this.#shares;
  }

  /** Opens the frame, if it is not open. */
  async open(): Promise<FrameConnection> {
    this.#frame ??= this.#connect();
    return this.#frame;
  }

  take(kind: CellKind): Cell {
    return this.#stock.take(kind);
  }

  warm(kind: CellKind): void {
    this.#stock.warm(kind);
  }

  /** Resolves when the first spare of this kind can begin with a task at once, or could not be started. */
  async warmed(kind: CellKind): Promise<void> {
    await this.#stock.warmed(kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stock[Symbol.asyncDispose]();
    const frame = await this.#frame?.catch(() => undefined);
    frame?.close();
  }

  async #openCell(kind: CellKind, events: CellLinkEvents): Promise<CellLink> {
    const frame = await this.open();
    if (kind === "python") {
      this.#python ??= this.#setPython(frame);
      await this.#python;
    }
    return frame.open(kind, events);
  }

  async #connect(): Promise<FrameConnection> {
    const { openFrame, script, clock } = this.#options;
    try {
      const frame = new FrameConnection(await openFrame(), script, clock, () => this.#lost());
      this.#shares = await frame.shares;
      return frame;
    } catch (error) {
      // The next cell tries again.
      this.#frame = undefined;
      throw error;
    }
  }

  #setPython(frame: FrameConnection): Promise<void> {
    const loading = this.#options.python().then((bytes) => frame.setPython(bytes));
    // The next Python cell tries again.
    loading.catch(() => {
      this.#python = undefined;
    });
    return loading;
  }

  #lost(): void {
    this.#options.log.warn({}, "the sealed frame died, and all cells in it");
    this.#blame.judge(this.#stock.living, this.#options.clock.monotonic());
    this.#python = undefined;
    this.#frame = undefined;
    if (this.#stock.disposed) return;
    this.open().catch((error: unknown) =>
      this.#options.log.error({ err: error }, "the sealed frame could not be opened again"),
    );
  }

  /** Those who have nothing to do with the frame's end run again. */
  #judged(cell: QueuedCell, end: CellEnd): CellEnd {
    return end.cause === "elsewhere" && this.#blame.isCulprit(cell) ? { ...end, cause: "memory" } : end;
  }
}
