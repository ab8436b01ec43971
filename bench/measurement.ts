export type Bound = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the table: what was measured, against what it ought to be and what the machine can do at best. */
export interface Measurement {
  readonly name: string;
  readonly unit: "jobs/s" | "requests/s" | "ms" | "MB/s" | "MB" | "KB";
  readonly measured: number;
  readonly goal?: Bound;
  /** The same work done by as little as possible, in the same minute. */
  readonly baseline?: { readonly name: string; readonly value: number };
  /** What measured ÷ baseline ought to be. */
  readonly ratioGoal?: Bound;
  readonly note?: string;
}

export interface BenchOptions {
  /** How long a load lasts. */
  readonly seconds: number;
  /** How often a noisy measure is repeated; the median counts. */
  readonly rounds: number;
  readonly generator: "wrk" | "node";
}

/** Measures one after the other, so that none disturbs another. */
export type Bench = (options: BenchOptions) => AsyncGenerator<Measurement>;

export function ratioOf({ measured, baseline }: Measurement): number | undefined {
  return baseline && measured / baseline.value;
}

export function isMet(measurement: Measurement): boolean {
  const ratio = ratioOf(measurement);
  const ratioMet =
    measurement.ratioGoal === undefined || (ratio !== undefined && within(ratio, measurement.ratioGoal));
  return ratioMet && (measurement.goal === undefined || within(measurement.measured, measurement.goal));
}

function within(value: number, bound: Bound): boolean {
  return "atLeast" in bound ? value >= bound.atLeast : value <= bound.atMost;
}

/** The value below which lies this share of the values; the middle one by default. */
export function quantile(values: readonly number[], share = 0.5): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
