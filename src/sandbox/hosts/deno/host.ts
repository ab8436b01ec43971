import { type CellMeter, noCellMeter } from "../../../meters/cell-meter.ts";
import type { CellKind } from "../../../protocol/languages.ts";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import type { CellHost } from "../cell.ts";
import { CellStock } from "../cell-stock.ts";
import type { QueuedCell } from "../queued-cell.ts";
import { denoCell } from "./deno-cell.ts";
import { kernelBundle } from "./kernel-bundle.ts";
import { Launcher } from "./launcher.ts";
import { PythonSnapshot } from "./python-snapshot.ts";
import { findToolchain } from "./toolchain.ts";

export interface DenoCellHostOptions {
  /** Where Python's memory snapshot is kept between starts. */
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter?: CellMeter | undefined;
  /** False: leave bubblewrap out, for tests of the weaker seal. Default true. */
  readonly allowBubblewrap?: boolean;
}

/** Finds the tools, tries bubblewrap, and says once when cells have to do without it. */
export async function createDenoCellHost(options: DenoCellHostOptions): Promise<DenoCellHost> {
  const { clock, log, meter = noCellMeter } = options;
  const toolchain = await findToolchain(await kernelBundle());
  const launcher = await Launcher.create(toolchain, options.allowBubblewrap ?? true);
  if (launcher.isolation === "process") {
    log.warn(
      { isolation: launcher.isolation },
      "bubblewrap is missing or forbidden here: cells are Deno processes without permissions, and no more than that",
    );
  }
  const snapshot = new PythonSnapshot({ cacheDir: options.cacheDir, toolchain, launcher, clock, log });
  return new DenoCellHost(launcher, snapshot, { clock, log, meter });
}

/** Starts sealed Deno processes and keeps a spare of each kind that was asked for. */
export class DenoCellHost implements CellHost {
  readonly isolation: Launcher["isolation"];
  readonly #launcher: Launcher;
  readonly #snapshot: PythonSnapshot;
  readonly #stock: CellStock;

  constructor(
    launcher: Launcher,
    snapshot: PythonSnapshot,
    { clock, log, meter }: { readonly clock: Clock; readonly log: Log; readonly meter: CellMeter },
  ) {
    this.isolation = launcher.isolation;
    this.#launcher = launcher;
    this.#snapshot = snapshot;
    this.#stock = new CellStock((kind) => {
      meter.cellStarted(kind);
      const cell = denoCell(kind, this.#launch(kind), clock, log);
      cell.gone.then(() => meter.cellEnded(kind, cell.fate));
      return cell;
    });
  }

  take(kind: CellKind): QueuedCell {
    return this.#stock.take(kind);
  }

  warm(kind: CellKind): void {
    this.#stock.warm(kind);
  }

  /** Resolves when the first spare of this kind can begin with a task at once, or could not be started. */
  async warmed(kind: CellKind): Promise<void> {
    await this.#stock.warmed(kind);
  }

  /** Makes what the first Python cell would have to wait for. */
  async prepare(): Promise<void> {
    await this.#snapshot.path().catch((error: unknown) => {
      if (!this.#stock.disposed) throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#snapshot[Symbol.dispose]();
    await this.#stock[Symbol.asyncDispose]();
  }

  async #launch(kind: CellKind) {
    return this.#launcher.launch(kind, kind === "python" ? await this.#snapshot.path() : undefined);
  }
}
