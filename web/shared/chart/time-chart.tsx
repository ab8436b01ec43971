import { useEffect, useRef, useState } from "preact/hooks";
import { formatClock, formatDecimal } from "../../../src/stdx/format.ts";
import { isDark } from "../theme.ts";
import type { Plot } from "./plot.ts";
import { chartSummary, type Series } from "./summary.ts";
import "./time-chart.css";

export interface TimeChartProps {
  readonly title: string;
  /** Milliseconds since the epoch, rising. */
  readonly times: readonly number[];
  /** The same lines at every render; only their values change. */
  readonly series: readonly Series[];
  readonly format?: (value: number) => string;
  readonly stack?: boolean;
  /** Amounts of whole things, which have no fractions. */
  readonly whole?: boolean;
  readonly height?: number;
  /** Shown over the empty axes while there is nothing to draw. */
  readonly nothing?: string;
}

/** Values over time. Its room is there before the code that draws it, so nothing jumps. */
export function TimeChart(props: TimeChartProps) {
  const { title, times, series, format = formatDecimal, stack = false, whole = false, height = 180 } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [pointed, setPointed] = useState<number>();
  const dark = isDark();
  const lines = series.map(({ label, colour }) => `${label} ${colour}`).join("\n");

  useEffect(() => {
    let left = false;
    void import("./plot.ts").then(({ createPlot }) => {
      if (left || !host.current) return;
      plot.current = createPlot(host.current, latest.current.series, {
        height,
        stack,
        whole,
        format,
        onPoint: setPointed,
      });
      plot.current.show(latest.current.times, latest.current.series);
    });
    return () => {
      left = true;
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [dark, lines, height, stack]);

  useEffect(() => plot.current?.show(times, series), [times, series]);

  const at = pointed !== undefined && pointed < times.length ? pointed : times.length - 1;
  const bare = series.every(({ values }) => values.every((value) => value === null));
  return (
    <figure class="chart">
      <figcaption class="chart__legend">
        <span class="visually-hidden">{chartSummary(title, series, format)}</span>
        {series.map(({ label, colour, values }) => (
          <span key={label} class="chart__key" aria-hidden="true">
            <span
              class={stack ? "chart__swatch chart__swatch--filled" : "chart__swatch"}
              style={{ background: `var(${colour})` }}
            />
            {label}
            <span class="chart__value">{valueText(values[at], format)}</span>
          </span>
        ))}
        {pointed !== undefined && (
          <span class="chart__at" aria-hidden="true">
            {formatClock(times[at] ?? Date.now())}
          </span>
        )}
      </figcaption>
      <div ref={host} class="chart__plot" style={{ height: `${height}px` }} aria-hidden="true">
        {bare && props.nothing !== undefined && <span class="chart__nothing">{props.nothing}</span>}
      </div>
    </figure>
  );
}

function valueText(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}
