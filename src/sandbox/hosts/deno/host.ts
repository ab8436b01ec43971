import type { CellKind } from "../../../protocol/languages.ts";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import type { CellHost } from "../cell.ts";
import { DenoCell } from "./deno-cell.ts";
import { kernelBundle } from "./kernel-bundle.ts";
import { Launcher } from "./launcher.ts";
import { PythonSnapshot } from "./python-snapshot.ts";
import { findToolchain } from "./toolchain.ts";

export interface DenoCellHostOptions {
  /** Where Python's memory snapshot is kept between starts. */
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False: leave bubblewrap out, for tests of the weaker seal. Default true. */
  readonly allowBubblewrap?: boolean;
}

/** Finds the tools, tries bubblewrap, and says once when cells have to do without it. */
export async function createDenoCellHost(options: DenoCellHostOptions): Promise<DenoCellHost> {
  const { clock, log } = options;
  const toolchain = await findToolchain(await kernelBundle());
  const launcher = await Launcher.create(toolchain, options.allowBubblewrap ?? true);
  if (launcher.isolation === "process") {
    log.warn(
      { isolation: launcher.isolation },
      "bubblewrap is missing or forbidden here: cells are Deno processes without permissions, and no more than that",
    );
  }
  const snapshot = new PythonSnapshot({ cacheDir: options.cacheDir, toolchain, launcher, clock, log });
  return new DenoCellHost(launcher, snapshot, clock, log);
}

/** Starts sealed Deno processes and keeps a spare of each kind that was asked for. */
export class DenoCellHost implements CellHost {
  readonly isolation: Launcher["isolation"];
  readonly #launcher: Launcher;
  readonly #snapshot: PythonSnapshot;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #spares = new Map<CellKind, DenoCell>();
  readonly #warm = new Set<CellKind>();
  readonly #living = new Set<DenoCell>();
  #disposed = false;

  constructor(launcher: Launcher, snapshot: PythonSnapshot, clock: Clock, log: Log) {
    this.isolation = launcher.isolation;
    this.#launcher = launcher;
    this.#snapshot = snapshot;
    this.#clock = clock;
    this.#log = log;
  }

  take(kind: CellKind): DenoCell {
    const spare = this.#spares.get(kind);
    this.#spares.delete(kind);
    if (this.#warm.has(kind)) this.warm(kind);
    return spare?.alive ? spare : this.#start(kind);
  }

  warm(kind: CellKind): void {
    this.#warm.add(kind);
    // A turn later, so that the work at hand goes first.
    setImmediate(() => {
      if (this.#disposed || !this.#warm.has(kind) || this.#spares.get(kind)?.alive) return;
      this.#spares.set(kind, this.#start(kind));
    });
  }

  /** Resolves when the first spare of this kind can begin with a task at once, or could not be started. */
  async warmed(kind: CellKind): Promise<void> {
    this.#warm.add(kind);
    const spare = this.#spares.get(kind) ?? this.#start(kind);
    this.#spares.set(kind, spare);
    await spare.ready;
  }

  /** Makes what the first Python cell would have to wait for. */
  async prepare(): Promise<void> {
    await this.#snapshot.path().catch((error: unknown) => {
      if (!this.#disposed) throw error;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#snapshot[Symbol.dispose]();
    const living = [...this.#living];
    for (const cell of living) cell.kill();
    await Promise.all(living.map(({ gone }) => gone));
  }

  #start(kind: CellKind): DenoCell {
    const launching = this.#launch(kind);
    const cell = new DenoCell(kind, launching, this.#clock, this.#log);
    this.#living.add(cell);
    cell.gone.then(() => this.#living.delete(cell));
    return cell;
  }

  async #launch(kind: CellKind) {
    return this.#launcher.launch(kind, kind === "python" ? await this.#snapshot.path() : undefined);
  }
}
