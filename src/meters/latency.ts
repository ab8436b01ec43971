import { overviewLimits, type Percentiles } from "../protocol/overview.ts";
import { type Histogram, SlidingHistogram } from "../stdx/histogram.ts";

/** How long things took of late: jobs from submission to end, their wait for a turn, and calls of functions. */
export class Latency {
  readonly job = new SlidingHistogram(overviewLimits.latencySeconds);
  readonly wait = new SlidingHistogram(overviewLimits.latencySeconds);
  readonly call = new SlidingHistogram(overviewLimits.latencySeconds);

  /** Another second is over. */
  turn(): void {
    this.job.turn();
    this.wait.turn();
    this.call.turn();
  }

  read(): { job: Percentiles; wait: Percentiles; call: Percentiles } {
    return { job: percentilesOf(this.job), wait: percentilesOf(this.wait), call: percentilesOf(this.call) };
  }
}

/** Null when nothing was measured. */
export function percentilesOf(times: Pick<Histogram, "count" | "quantile">): Percentiles {
  const [p50, p95, p99] = [times.quantile(0.5), times.quantile(0.95), times.quantile(0.99)];
  if (p50 === undefined || p95 === undefined || p99 === undefined) return null;
  return { p50_ms: rounded(p50), p95_ms: rounded(p95), p99_ms: rounded(p99), count: times.count };
}

/** Three digits say as much as a histogram knows. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
