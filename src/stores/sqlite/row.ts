import type { SQLOutputValue } from "node:sqlite";
import { type Placement, placements } from "../../protocol/placement.ts";

/** A row as node:sqlite answers it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

export function text(value: SQLOutputValue | undefined): string {
  if (typeof value !== "string") throw new Error(`The database holds ${typeof value} where text belongs.`);
  return value;
}

export function number(value: SQLOutputValue | undefined): number {
  if (typeof value !== "number")
    throw new Error(`The database holds ${typeof value} where a number belongs.`);
  return value;
}

export function textOrNone(value: SQLOutputValue | undefined): string | undefined {
  return value === null ? undefined : text(value);
}

export function numberOrNone(value: SQLOutputValue | undefined): number | undefined {
  return value === null ? undefined : number(value);
}

export function placementOf(value: SQLOutputValue | undefined): Placement {
  const placement = placements.find((known) => known === value);
  if (placement === undefined) throw new Error(`The database holds the placement ${value}, which is none.`);
  return placement;
}
