import type { Json } from "../../src/protocol/json.ts";
import { type CellKind, cellKindOf, type Language } from "../../src/protocol/languages.ts";
import type { Cell, CellTask } from "../../src/sandbox/hosts/cell.ts";
import { runIn } from "./cell-runner.ts";
import { RealCells } from "./real-cells.ts";
import type { Ran } from "./run-case.ts";
import { assemble } from "./wat.ts";
import { input, memory, output } from "./wat-parts.ts";

export interface FunctionWork {
  language: Language;
  code?: string;
  module?: { cid: string; bytes: Uint8Array };
  env?: Readonly<Record<string, string>>;
  memoryMb?: number;
  timeoutMs?: number;
}

export const lua = (code: string): FunctionWork => ({ language: "lua", code });
export const python = (code: string): FunctionWork => ({ language: "python", code });
export const wasm = async (wat: string): Promise<FunctionWork> => ({
  language: "wasm",
  module: { cid: wat, bytes: await assemble(wat) },
});

/** Answers with the digit of how often it was called; traps when the byte at 0 of its request is not a brace. */
export const countingModule = `(module ${input} ${output} ${memory} (global $n (mut i32) (i32.const 48))
  (func (export "run")
    (global.set $n (i32.add (global.get $n) (i32.const 1)))
    (drop (call $input (i32.const 8)))
    (if (i32.ne (i32.load8_u (i32.const 8)) (i32.const 123)) (then unreachable))
    (i32.store8 (i32.const 0) (global.get $n)) (call $output (i32.const 0) (i32.const 1))))`;
type Ask = CellTask["onAsk"];

/** Functions and jobs in sealed processes, which ask whom the test names. */
export class FunctionCells implements AsyncDisposable {
  readonly #cells: Record<CellKind, RealCells>;
  readonly #ask: Ask;

  private constructor(cells: Record<CellKind, RealCells>, ask: Ask) {
    this.#cells = cells;
    this.#ask = ask;
  }

  static async start(ask: Ask): Promise<FunctionCells> {
    const core = await RealCells.start("core");
    return new FunctionCells({ core, python: await RealCells.start("python") }, ask);
  }

  /** Makes a cell an instance of the function, whether or not it could be loaded. */
  async load(work: FunctionWork, ask: Ask = this.#ask): Promise<FunctionInstance> {
    const cell = this.#cells[cellKindOf(work.language)].host.take(cellKindOf(work.language));
    const { language, code = "", module, env = {} } = work;
    const loaded = await runIn(cell, { kind: "load", language, code, module, env }, work, ask);
    return new FunctionInstance(cell, loaded, (requestJson) =>
      runIn(cell, { kind: "call", requestJson }, work, ask),
    );
  }

  /** Runs a job in a cell of its own. */
  async run(work: Omit<FunctionWork, "env">, input: Json = null): Promise<Ran> {
    const cell = this.#cells[cellKindOf(work.language)].host.take(cellKindOf(work.language));
    const { language, code = "", module } = work;
    const inputJson = JSON.stringify(input);
    try {
      return await runIn(cell, { kind: "run", language, code, module, inputJson }, work, this.#ask);
    } finally {
      cell.kill();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#cells).map((cells) => cells[Symbol.asyncDispose]()));
  }
}

export class FunctionInstance implements Disposable {
  readonly cell: Cell;
  readonly loaded: Ran;
  readonly #call: (requestJson: string) => Promise<Ran>;

  constructor(cell: Cell, loaded: Ran, call: (requestJson: string) => Promise<Ran>) {
    this.cell = cell;
    this.loaded = loaded;
    this.#call = call;
  }

  call(request: Json = {}): Promise<Ran> {
    return this.#call(JSON.stringify(request));
  }

  /** What the function answers; throws when it fails. */
  async answer(request: Json = {}): Promise<unknown> {
    const { outcome } = await this.call(request);
    if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.message}`);
    return outcome.resultJson === undefined ? undefined : JSON.parse(outcome.resultJson);
  }

  [Symbol.dispose](): void {
    this.cell.kill();
  }
}
