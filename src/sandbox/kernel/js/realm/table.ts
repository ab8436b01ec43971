import { inspect } from "./inspect.ts";
import {
  getOwnPropertyDescriptor,
  isArray,
  isObject,
  join,
  keys,
  max,
  padEnd,
  push,
  repeat,
  SetOf,
  StringOf,
  setAdd,
  setHas,
} from "./primordials.ts";

const rowsMax = 1000;
const columnsMax = 100;
const valueColumn = "Values";

/** Draws `console.table`. @returns undefined for what is no table */
export function formatTable(data: unknown, wanted: unknown): string | undefined {
  if (!isObject(data)) return undefined;
  const names: string[] = [];
  const known = new SetOf<string>();
  const addColumn = (name: string) => {
    if (setHas(known, name) || names.length >= columnsMax) return;
    setAdd(known, name);
    push(names, name);
  };
  const indexes = keys(data);
  const rows: unknown[] = [];
  let hasPlain = false;
  for (let index = 0; index < indexes.length && index < rowsMax; index++) {
    const row: unknown = getOwnPropertyDescriptor(data, indexes[index] as string)?.value;
    push(rows, row);
    if (!isObject(row)) hasPlain = true;
    else if (!isArray(wanted)) {
      const fields = keys(row);
      for (let at = 0; at < fields.length; at++) addColumn(fields[at] as string);
    }
  }
  if (isArray(wanted)) for (let index = 0; index < wanted.length; index++) addColumn(StringOf(wanted[index]));

  const table: string[][] = [];
  const header = ["(index)"];
  for (let at = 0; at < names.length; at++) push(header, names[at]);
  if (hasPlain) push(header, valueColumn);
  push(table, header);
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    const cells = [indexes[index] as string];
    for (let at = 0; at < names.length; at++) {
      const cell = isObject(row) ? getOwnPropertyDescriptor(row, names[at] as string) : undefined;
      push(cells, cell ? inspect(cell.value, 0) : "");
    }
    if (hasPlain) push(cells, isObject(row) ? "" : inspect(row));
    push(table, cells);
  }
  return draw(table);
}

function draw(table: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  const header = table[0] ?? [];
  for (let column = 0; column < header.length; column++) {
    let width = 0;
    for (let row = 0; row < table.length; row++) width = max(width, (table[row]?.[column] ?? "").length + 2);
    push(widths, width);
  }
  const rule = (left: string, middle: string, right: string): string => {
    const bars: string[] = [];
    for (let column = 0; column < widths.length; column++) push(bars, repeat("─", widths[column] as number));
    return left + join(bars, middle) + right;
  };
  const lines = [rule("┌", "┬", "┐")];
  for (let row = 0; row < table.length; row++) {
    const cells: string[] = [];
    for (let column = 0; column < widths.length; column++) {
      push(cells, padEnd(` ${table[row]?.[column] ?? ""}`, widths[column] as number));
    }
    push(lines, `│${join(cells, "│")}│`);
    if (row === 0) push(lines, rule("├", "┼", "┤"));
  }
  push(lines, rule("└", "┴", "┘"));
  return join(lines, "\n");
}
