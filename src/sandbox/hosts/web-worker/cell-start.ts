import type { CellKind } from "../../../protocol/languages.ts";

/** What a cell's worker is given to start with. */
export interface CellStart {
  readonly kind: CellKind;
  /** To its host. */
  readonly port: MessagePort;
  /** Where answers arrive while its thread is blocked; see answer-box.ts. Undefined where memory cannot be shared. */
  readonly answers: SharedArrayBuffer | undefined;
  readonly python: PythonParts | undefined;
}

export interface PythonParts {
  readonly module: WebAssembly.Module;
  readonly wasmBytes: number;
  /** The cell's own copy. */
  readonly snapshot: ArrayBuffer;
}
