import type { CellKind, Language } from "../../src/protocol/languages.ts";
import { limits } from "../../src/protocol/limits.ts";
import type { OutputStream } from "../../src/protocol/output.ts";
import type { Cell, CellHost, CellTask } from "../../src/sandbox/hosts/cell.ts";
import type { KernelCase } from "./kernel-cases.ts";
import type { Ran } from "./run-case.ts";

const timeoutMsDefault = 20_000;

export interface CellWork extends Pick<KernelCase, "input" | "memoryMb"> {
  language: Language;
  code?: string;
  module?: { cid: string; bytes: Uint8Array };
  timeoutMs?: number;
}

/** Runs one piece of work after the other, in one cell after another, each for as long as it lives. */
export class CellRunner {
  readonly #host: CellHost;
  readonly #kind: CellKind;
  readonly #onAsk: CellTask["onAsk"];
  #cell: Cell | undefined;

  constructor(host: CellHost, kind: CellKind, onAsk: CellTask["onAsk"]) {
    this.#host = host;
    this.#kind = kind;
    this.#onAsk = onAsk;
  }

  /** The cell that the next work runs in. */
  get cell(): Cell {
    if (!this.#cell?.alive) this.#cell = this.#host.take(this.#kind);
    return this.#cell;
  }

  async run(work: CellWork): Promise<Ran> {
    for (;;) {
      const ran = await this.#runOnce(work);
      // The cell may be on its way out after the work before; the next one takes this.
      if (ran) return ran;
    }
  }

  async #runOnce(work: CellWork): Promise<Ran | undefined> {
    const { language, code = "", module } = work;
    const inputJson = JSON.stringify(work.input ?? null);
    const ran = await tryIn(this.cell, { kind: "run", language, code, module, inputJson }, work, this.#onAsk);
    if (ran === "unstarted") return undefined;
    return ran;
  }
}

type Bounds = Pick<CellWork, "timeoutMs" | "memoryMb">;

/** Gives a cell one task, which must come to its turn there. */
export async function runIn(
  cell: Cell,
  work: CellTask["work"],
  bounds: Bounds,
  onAsk: CellTask["onAsk"],
): Promise<Ran> {
  const ran = await tryIn(cell, work, bounds, onAsk);
  if (ran === "unstarted") throw new Error("The work was unstarted.");
  return ran;
}

/** As `runIn`, for who can give it to another cell where this one is gone before its turn. */
export async function tryIn(
  cell: Cell,
  work: CellTask["work"],
  bounds: Bounds,
  onAsk: CellTask["onAsk"],
): Promise<Ran | "unstarted"> {
  const printed: Record<OutputStream, string> = { stdout: "", stderr: "" };
  const ended = await cell.run({
    work,
    timeoutMs: bounds.timeoutMs ?? timeoutMsDefault,
    memoryMb: bounds.memoryMb ?? limits.memoryMbDefault,
    onOutput(stream, text) {
      printed[stream] += text;
    },
    onAsk,
  }).outcome;
  if (ended.kind === "completed") return { outcome: { ok: true, resultJson: ended.resultJson }, ...printed };
  if (ended.kind === "failed") {
    return { outcome: { ok: false, code: ended.code, message: ended.message }, ...printed };
  }
  if (ended.kind === "unstarted") return ended.kind;
  throw new Error(`The work was ${ended.kind}.`);
}
