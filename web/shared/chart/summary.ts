/** A line of a chart. */
export interface Series {
  readonly label: string;
  /** Name of a custom property with its colour. */
  readonly colour: string;
  /** One for each of the chart's times; null where nothing was measured. */
  readonly values: readonly (number | null)[];
}

/** What a chart shows, in a sentence for those who can't see it. */
export function chartSummary(
  title: string,
  series: readonly Series[],
  format: (value: number) => string,
): string {
  const parts = series.map(({ label, values }) => {
    const known = values.filter((value) => value !== null);
    const last = known.at(-1);
    if (last === undefined) return `${label}: nothing measured yet`;
    return `${label}: now ${format(last)}, between ${format(Math.min(...known))} and ${format(Math.max(...known))}`;
  });
  return `${title}. ${parts.join("; ")}.`;
}

/** Puts each series on top of those before it. Where one has no value it adds nothing. */
export function stacked(series: readonly Series[], points: number): (number | null)[][] {
  const heights = new Array<number>(points).fill(0);
  return series.map(({ values }) =>
    heights.map((height, index) => {
      const value = values[index] ?? null;
      if (value !== null) heights[index] = height + value;
      return value === null ? null : height + value;
    }),
  );
}
