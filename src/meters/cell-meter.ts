import type { JobErrorCode } from "../protocol/errors.ts";
import type { CellKind } from "../protocol/languages.ts";

/** Why a cell's process ended: `dropped` is one that nobody needed any more, `spent` one that could take no more work. */
export type CellFate = JobErrorCode | "dropped" | "spent";

/** Told of the cells of this machine. */
export interface CellMeter {
  cellStarted(kind: CellKind): void;
  cellEnded(kind: CellKind, fate: CellFate): void;
}

export const noCellMeter: CellMeter = { cellStarted: () => undefined, cellEnded: () => undefined };
