import { fileURLToPath } from "node:url";
import type { CellKind } from "../../src/protocol/languages.ts";
import type { Cell } from "../../src/sandbox/hosts/cell.ts";
import { createDenoCellHost, type DenoCellHost } from "../../src/sandbox/hosts/deno/host.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { CellRunner, type CellWork } from "./cell-runner.ts";
import type { Ran } from "./run-case.ts";

/** Kept between runs, since it is named by what is in it and Python's memory snapshot takes seconds to make. */
export const testCacheDir = fileURLToPath(new URL("../../build/test-cache", import.meta.url));

/** Sealed processes for tests: one cell after another, each for as long as it lives. */
export class RealCells implements AsyncDisposable {
  readonly host: DenoCellHost;
  readonly #runner: CellRunner;

  private constructor(host: DenoCellHost, kind: CellKind) {
    this.host = host;
    this.#runner = new CellRunner(host, kind, () => Promise.reject(new Error("Nobody answers here.")));
  }

  static async start(
    kind: CellKind = "core",
    options: { allowBubblewrap?: boolean } = {},
  ): Promise<RealCells> {
    const parts = { cacheDir: testCacheDir, clock: systemClock, log: noLog };
    return new RealCells(await createDenoCellHost({ ...parts, ...options }), kind);
  }

  /** The cell that the next work runs in. */
  get cell(): Cell {
    return this.#runner.cell;
  }

  run(work: CellWork): Promise<Ran> {
    return this.#runner.run(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
  }
}
