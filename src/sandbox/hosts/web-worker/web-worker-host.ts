import type { CellKind } from "../../../protocol/languages.ts";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import type { Cell, CellHost } from "../cell.ts";
import { CellStock } from "../cell-stock.ts";
import { type CellLink, type CellLinkEvents, QueuedCell } from "../queued-cell.ts";
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
  const frame = await connect(options);
  return new WebWorkerCellHost(options, frame, await frame.shares);
}

async function connect({ openFrame, script, clock }: WebWorkerCellHostOptions): Promise<FrameConnection> {
  return new FrameConnection(await openFrame(), script, clock);
}

/**
 * Starts cells in a browser and keeps a spare of each kind that was asked for.
 *
 * A worker's memory cannot be seen from outside, and browsers bound it by themselves: buffers and WebAssembly memories end
 * in the guest's own RangeError, and a full heap ends the frame's process. Then all cells in it are gone, those with a task
 * at its turn as out of memory, and the next cell opens another frame.
 */
export class WebWorkerCellHost implements CellHost {
  readonly isolation = "browser";
  /** Whether guests can ask the orchestrator: a browser must let threads share memory for it. */
  readonly hostCalls: boolean;
  readonly #options: WebWorkerCellHostOptions;
  readonly #stock: CellStock;
  #frame: Promise<FrameConnection>;
  #python: Promise<void> | undefined;

  constructor(options: WebWorkerCellHostOptions, frame: FrameConnection, hostCalls: boolean) {
    const { clock, log } = options;
    this.#options = options;
    this.hostCalls = hostCalls;
    this.#frame = Promise.resolve(frame);
    this.#replaceWhenGone(frame);
    const meter = (overrun: ConstructorParameters<typeof TimeLimit>[1]) => new TimeLimit(clock, overrun);
    this.#stock = new CellStock(
      (kind) => new QueuedCell({ kind, open: (events) => this.#open(kind, events), meter, clock, log }),
    );
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
    const frame = await this.#frame.catch(() => undefined);
    frame?.close();
  }

  async #open(kind: CellKind, events: CellLinkEvents): Promise<CellLink> {
    const frame = await this.#frame;
    if (kind === "python") {
      this.#python ??= this.#setPython(frame);
      await this.#python;
    }
    return frame.open(kind, events);
  }

  #setPython(frame: FrameConnection): Promise<void> {
    const loading = this.#options.python().then((bytes) => frame.setPython(bytes));
    // The next Python cell tries again.
    loading.catch(() => {
      this.#python = undefined;
    });
    return loading;
  }

  #replaceWhenGone(frame: FrameConnection): void {
    void frame.gone.then(() => {
      if (this.#stock.disposed) return;
      this.#options.log.warn({}, "the sealed frame died; another takes its place");
      this.#python = undefined;
      this.#frame = connect(this.#options);
      this.#frame.then(
        (next) => this.#replaceWhenGone(next),
        (error: unknown) =>
          this.#options.log.error({ err: error }, "the sealed frame could not be opened again"),
      );
    });
  }
}
