import type { BlockStore } from "../../blocks/store.ts";
import type { CodeChecker, CodeVerdict } from "../../functions/invoker.ts";
import type { Revision } from "../../functions/revision.ts";
import { cellKindOf } from "../../protocol/languages.ts";
import type { CellHost, CellWork } from "./cell.ts";

/** How long a function's top level may take. */
const loadTimeoutMs = 10_000;
const checksAtOnceMax = 2;

/**
 * Loads code in a cell of this machine, to see whether it would load on a volunteer's. The cells are made when they are
 * first needed: an orchestrator to which nobody deploys has none.
 */
export class CellCodeChecker implements CodeChecker, AsyncDisposable {
  readonly #makeCells: () => Promise<CellHost>;
  readonly #blocks: Pick<BlockStore, "get">;
  #cells: Promise<CellHost> | undefined;
  /** Ends when the check that waits the longest may begin. */
  readonly #turns: Promise<unknown>[] = Array.from({ length: checksAtOnceMax }, () => Promise.resolve());
  #nextTurn = 0;

  constructor(makeCells: () => Promise<CellHost>, blocks: Pick<BlockStore, "get">) {
    this.#makeCells = makeCells;
    this.#blocks = blocks;
  }

  check(revision: Revision): Promise<CodeVerdict> {
    const turn = this.#nextTurn++ % checksAtOnceMax;
    const checked = (this.#turns[turn] ?? Promise.resolve()).then(() => this.#check(revision));
    this.#turns[turn] = checked.catch(() => {});
    return checked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const cells = await this.#cells?.catch(() => undefined);
    await cells?.[Symbol.asyncDispose]();
  }

  async #check(revision: Revision): Promise<CodeVerdict> {
    this.#cells ??= this.#makeCells();
    const cell = (await this.#cells).take(cellKindOf(revision.runtime));
    try {
      const { outcome } = cell.run({
        work: await this.#workOf(revision),
        timeoutMs: loadTimeoutMs,
        memoryMb: revision.memoryMb,
        onOutput: () => {},
        onAsk: async () => JSON.stringify({ ok: false, code: "invalid_request", error: unaskable }),
      });
      const loaded = await outcome;
      if (loaded.kind === "completed") return { ok: true };
      if (loaded.kind === "failed") return { ok: false, code: loaded.code, message: loaded.message };
      throw new Error("The cell that was to check the code could not be started.");
    } finally {
      cell.kill();
    }
  }

  async #workOf({ runtime: language, code = "", wasmCid, env }: Revision): Promise<CellWork> {
    const bytes = wasmCid === undefined ? undefined : await this.#blocks.get(wasmCid);
    const module = wasmCid !== undefined && bytes ? { cid: wasmCid, bytes } : undefined;
    return { kind: "load", language, code, module, env };
  }
}

const unaskable = "The database is not there while a deployment is checked; use it in the handler.";
