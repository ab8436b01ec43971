import type { OverviewSeries } from "../../../../src/protocol/overview.ts";
import { formatCount, formatDecimal, formatMsBriefly } from "../../../../src/stdx/format.ts";
import { Card } from "../../../shared/card.tsx";
import type { Series } from "../../../shared/chart/summary.ts";
import { TimeChart } from "../../../shared/chart/time-chart.tsx";
import { overviewSeries } from "../../data/live.ts";
import { noSeries, smoothed } from "../../data/series.ts";

interface Chart {
  readonly title: string;
  readonly format: (value: number) => string;
  readonly stack?: boolean;
  readonly whole?: boolean;
  readonly nothing: string;
  readonly series: (all: OverviewSeries) => readonly Series[];
}

/** Rates are counts of single seconds: a mean over a few shows their course. */
const rate = (values: readonly number[]) => smoothed(values, 5);

const charts: readonly Chart[] = [
  {
    title: "Jobs per second",
    format: formatDecimal,
    stack: true,
    nothing: "No job has ended yet",
    series: (all) => [
      { label: "Completed", colour: "--good-mark", values: rate(all.jobs_completed) },
      { label: "Failed", colour: "--bad-mark", values: rate(all.jobs_failed) },
      { label: "Cancelled", colour: "--series-6", values: rate(all.jobs_cancelled) },
    ],
  },
  {
    title: "Jobs waiting",
    format: formatCount,
    whole: true,
    nothing: "Nothing waits",
    series: (all) => [{ label: "Waiting", colour: "--series-2", values: all.jobs_waiting }],
  },
  {
    title: "Latency of jobs",
    format: formatMsBriefly,
    nothing: "No job has ended in these minutes",
    series: (all) => [
      { label: "Half end within", colour: "--series-1", values: all.job_p50_ms },
      { label: "95% within", colour: "--series-4", values: all.job_p95_ms },
    ],
  },
  {
    title: "Slots",
    format: formatCount,
    whole: true,
    nothing: "No volunteer is connected",
    series: (all) => [
      { label: "All", colour: "--series-6", values: all.slots },
      { label: "Busy", colour: "--accent-text", values: all.slots_busy },
    ],
  },
  {
    title: "Function calls per second",
    format: formatDecimal,
    stack: true,
    nothing: "No function was called yet",
    series: (all) => [
      { label: "Answered", colour: "--series-3", values: rate(all.calls_ok) },
      { label: "Failed", colour: "--bad-mark", values: rate(all.calls_failed) },
    ],
  },
  {
    title: "Latency of function calls",
    format: formatMsBriefly,
    nothing: "No function was called in these minutes",
    series: (all) => [
      { label: "Half answered within", colour: "--series-1", values: all.call_p50_ms },
      { label: "95% within", colour: "--series-4", values: all.call_p95_ms },
    ],
  },
];

/** The last minutes, one chart for each question. */
export function Charts() {
  const all = overviewSeries.value ?? noSeries;
  const times = all.at.map((second) => second * 1000);
  return (
    <div class="charts">
      {charts.map(({ title, format, stack = false, whole = false, nothing, series }) => (
        <Card key={title} title={title}>
          <TimeChart
            title={title}
            times={times}
            series={series(all)}
            format={format}
            stack={stack}
            whole={whole}
            nothing={nothing}
            height={150}
          />
        </Card>
      ))}
    </div>
  );
}
