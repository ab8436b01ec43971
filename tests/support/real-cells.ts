import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Language } from "../../src/protocol/languages.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { Cell } from "../../src/sandbox/hosts/cell.ts";
import { createDenoCellHost, type DenoCellHost } from "../../src/sandbox/hosts/deno/host.ts";
import type { OutputStream } from "../../src/sandbox/kernel/wire.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import type { KernelCase } from "./kernel-cases.ts";
import type { Ran } from "./run-case.ts";

const timeoutMsDefault = 20_000;

export interface CellWork extends Pick<KernelCase, "input" | "memoryMb"> {
  language: Language;
  code?: string;
  module?: { cid: string; bytes: Uint8Array };
  timeoutMs?: number;
}

/** Sealed processes for tests: one cell after another, each for as long as it lives. */
export class RealCells implements AsyncDisposable {
  readonly host: DenoCellHost;
  readonly #cacheDir: string;
  #cell: Cell | undefined;

  private constructor(host: DenoCellHost, cacheDir: string) {
    this.host = host;
    this.#cacheDir = cacheDir;
  }

  static async start(): Promise<RealCells> {
    const cacheDir = await mkdtemp(join(tmpdir(), "zerverless-cells-"));
    return new RealCells(await createDenoCellHost({ cacheDir, clock: systemClock, log: noLog }), cacheDir);
  }

  /** The cell that the next work runs in. */
  get cell(): Cell {
    if (!this.#cell?.alive) this.#cell = this.host.take("core");
    return this.#cell;
  }

  async run(work: CellWork): Promise<Ran> {
    const printed: Record<OutputStream, string> = { stdout: "", stderr: "" };
    const { outcome } = this.cell.run({
      language: work.language,
      code: work.code ?? "",
      module: work.module,
      inputJson: JSON.stringify(work.input ?? null),
      timeoutMs: work.timeoutMs ?? timeoutMsDefault,
      memoryMb: work.memoryMb ?? limits.memoryMbDefault,
      onOutput(stream, text) {
        printed[stream] += text;
      },
    });
    const ended = await outcome;
    if (ended.kind === "completed") {
      return { outcome: { ok: true, resultJson: ended.resultJson }, ...printed };
    }
    if (ended.kind === "failed") {
      return { outcome: { ok: false, code: ended.code, message: ended.message }, ...printed };
    }
    throw new Error(`The work was ${ended.kind}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]();
    await rm(this.#cacheDir, { recursive: true, force: true });
  }
}
