import { type Bound, isMet, type Measurement, ratioOf } from "./measurement.ts";

const head = ["measure", "goal", "measured", "baseline", "ratio", "ratio goal", ""];

/** The measurements as a table in columns. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows = [head, ...measurements.map(cellsOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return rows.map(line).join("\n");
}

function cellsOf(measurement: Measurement): string[] {
  const { name, unit, measured, goal, baseline, ratioGoal } = measurement;
  const ratio = ratioOf(measurement);
  return [
    name,
    goal ? `${boundText(goal)} ${unit}` : "",
    `${numberText(measured)} ${unit}`,
    baseline ? `${numberText(baseline.value)} ${unit}` : "",
    ratio === undefined ? "" : ratio.toFixed(2),
    ratioGoal ? boundText(ratioGoal) : "",
    isMet(measurement) ? "ok" : "short",
  ];
}

function boundText(bound: Bound): string {
  return "atLeast" in bound ? `≥ ${numberText(bound.atLeast)}` : `≤ ${numberText(bound.atMost)}`;
}

function numberText(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en");
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);
}
