import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Series } from "./summary.ts";
import { stacked } from "./summary.ts";

export interface PlotOptions {
  readonly height: number;
  /** Areas on top of each other instead of lines. */
  readonly stack: boolean;
  /** Amounts of whole things: the axis then has no fractions. */
  readonly whole: boolean;
  readonly format: (value: number) => string;
  /** Called with the index of the point under the pointer, or undefined when it leaves. */
  readonly onPoint: (index: number | undefined) => void;
}

export interface Plot {
  /** @param times ms since the epoch, rising */
  show(times: readonly number[], series: readonly Series[]): void;
  destroy(): void;
}

/** Draws a chart into an element and keeps to its width. Colours are read from the page once: make a new one for a new theme. */
export function createPlot(host: HTMLElement, series: readonly Series[], options: PlotOptions): Plot {
  const { height, stack, whole, format, onPoint } = options;
  // The lowest area of a stack is drawn last, so that its edge lies over those of empty ones on top of it.
  const drawn = stack ? [...series].reverse() : series;
  const colours = drawn.map(({ colour }) => resolvedColour(host, colour));
  const text = resolvedColour(host, "--text-muted");
  const grid = resolvedColour(host, "--grid");
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis: uPlot.Axis = { stroke: text, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } };
  const plot = new uPlot(
    {
      width: Math.max(host.clientWidth, 50),
      height,
      ms: 1,
      padding: [8, 28, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(niceTop(max), whole ? 2 : 0)] } },
      axes: [
        { ...axis, grid: { show: false }, space: 70, size: 22, values: (_plot, at) => at.map(clockLabel) },
        {
          ...axis,
          size: 58,
          gap: 6,
          splits: (_plot, _axis, _min, max) => [0, max / 2, max],
          values: (_plot, at) => at.map(format),
        },
      ],
      series: [
        {},
        ...colours.map(
          (stroke): uPlot.Series => ({
            stroke,
            width: 1.5,
            points: { show: true, size: 6, fill: stroke, filter: (self, at) => lonely(self.data[at] ?? []) },
            ...(stack || colours.length === 1 ? { fill: translucent(stroke, stack ? 0.4 : 0.12) } : {}),
          }),
        ),
      ],
      // Each area reaches down to the one below it only.
      bands: stack
        ? colours.slice(1).map((_, index) => ({ series: [index + 1, index + 2] as [number, number] }))
        : [],
      hooks: {
        setCursor: [
          (self) =>
            onPoint(
              self.cursor.left === undefined || self.cursor.left < 0
                ? undefined
                : (self.cursor.idx ?? undefined),
            ),
        ],
      },
    },
    [[], ...series.map(() => [])],
    host,
  );
  const resizing = new ResizeObserver(() => {
    if (host.clientWidth > 0) plot.setSize({ width: host.clientWidth, height });
  });
  resizing.observe(host);
  return {
    show(times, shown) {
      const values = stack ? stacked(shown, times.length).reverse() : shown.map((one) => [...one.values]);
      plot.setData([[...times], ...values]);
    },
    destroy() {
      resizing.disconnect();
      plot.destroy();
    },
  };
}

/** Points between gaps: no line leads to them, so they are drawn themselves. */
function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const known = (at: number) => values[at] !== null && values[at] !== undefined;
  return Array.from(values, (_, at) => at).filter((at) => known(at) && !known(at - 1) && !known(at + 1));
}

/** The next number of the form 1, 2, 4, 6, 8 times a power of ten, so that half of it is a good label too. */
function niceTop(max: number): number {
  if (!(max > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  const step = [1, 2, 4, 6, 8, 10].find((factor) => factor * power >= max * 1.05) ?? 12;
  return step * power;
}

const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function clockLabel(at: number): string {
  return at % 60_000 === 0 ? minute.format(at) : second.format(at);
}

/** A canvas knows no custom properties, and `light-dark()` is told apart only where it is used. */
function resolvedColour(host: HTMLElement, name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

/** @param colour as `getComputedStyle` gives it: `rgb(r, g, b)` */
function translucent(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}
