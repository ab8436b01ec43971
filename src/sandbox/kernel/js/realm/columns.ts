import { floor, join, max, min, padEnd, padStart, push, round, sqrt } from "./primordials.ts";

const gap = 2;

/**
 * Sets the items of a long list in columns, as Node's `util.inspect` does.
 * @returns the same array when columns would not help
 */
export function groupInColumns(entries: string[], lineWidth: number, indent: number): string[] {
  const last = entries[entries.length - 1] ?? "";
  const hasRest = last.length > 4 && last[0] === "." && last[1] === "." && last[2] === ".";
  const count = hasRest ? entries.length - 1 : entries.length;
  let total = 0;
  let longest = 0;
  for (let index = 0; index < count; index++) {
    const length = (entries[index] as string).length;
    if (length > lineWidth) return entries;
    total += length + gap;
    longest = max(longest, length);
  }
  const widest = longest + gap;
  if (widest * 3 + indent >= lineWidth || !(total / widest > 5 || longest <= 6)) return entries;

  const bias = sqrt(widest - total / entries.length);
  const columns = min(
    round(sqrt(2.5 * max(bias, 1) * count) / max(bias, 1)),
    floor((lineWidth - indent) / widest),
    12,
    15,
  );
  if (columns <= 1) return entries;

  const widths: number[] = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let index = column; index < count; index += columns)
      width = max(width, (entries[index] as string).length);
    push(widths, width + gap);
  }
  // Numbers line up at their ends, words at their beginnings.
  const pad = isNumeric(entries, count) ? padStart : padEnd;
  const rows: string[] = [];
  for (let start = 0; start < count; start += columns) {
    const end = min(start + columns, count);
    const cells: string[] = [];
    for (let index = start; index < end - 1; index++) {
      push(cells, pad(`${entries[index]}, `, widths[index - start] as number));
    }
    const tail = entries[end - 1] as string;
    push(cells, pad === padStart ? padStart(tail, (widths[end - 1 - start] as number) - gap) : tail);
    push(rows, join(cells, ""));
  }
  if (hasRest) push(rows, last);
  return rows;
}

function isNumeric(entries: readonly string[], count: number): boolean {
  for (let index = 0; index < count; index++) {
    const first = (entries[index] as string)[0] ?? "";
    if (!(first >= "0" && first <= "9") && first !== "-") return false;
  }
  return true;
}
