import {
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValueWithName,
  type Registry,
} from "prom-client";
import { histogramValues } from "./figures.ts";

export interface CommitCounts {
  readonly commits: number;
  readonly failures: number;
  readonly operations: number;
  /** How many commits held up to 1, 2, 4, 8, … operations, each counted once. */
  readonly sizes: readonly number[];
}

const name = "zerverless_commit_operations";
const help = "Operations that shared one transaction, and so one wait for the disk.";

/**
 * The sizes of transactions as a histogram, from counts that the group commit keeps anyway. The library's own histograms
 * can only be told one observation at a time; so this stands in the registry as a gauge does, and answers as one of them.
 */
export class CommitSizes extends Gauge {
  readonly #read: () => CommitCounts;
  readonly #shape = new Histogram({ name, help, registers: [] });

  constructor(registry: Registry, read: () => CommitCounts) {
    super({ name, help, registers: [registry] });
    this.#read = read;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const { commits, operations, sizes } = this.#read();
    const larger = commits - sizes.reduce((sum, count) => sum + count, 0);
    const bounds = sizes.map((_, power) => 2 ** power);
    const values = histogramValues(name, bounds, { labels: {}, counts: [...sizes, larger], sum: operations });
    return { ...(await this.#shape.get()), values };
  }
}
