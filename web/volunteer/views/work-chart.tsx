import { useSignal } from "@preact/signals";
import { formatClock, formatInstant, formatMs, plural } from "../../../src/stdx/format.ts";
import { languageColours } from "../../shared/badge.tsx";
import { Card } from "../../shared/card.tsx";
import { useNow } from "../../shared/relative-time.tsx";
import { Segments } from "../../shared/tabs.tsx";
import { type Bar, historyOf, type Span } from "../history.ts";
import type { Session } from "../session.ts";
import { minuteOf, noTotals } from "../totals.ts";

const height = 120;
const barWidth = 8;
const barGap = 3;
/** Work too short to be seen at its true height is still seen. */
const barHeightMin = 1.5;

const segments = [
  { key: "hour", label: "Hour" },
  { key: "month", label: "30 days" },
] as const;

/** A picture of the work over time. */
export function WorkChart({ session }: { readonly session: Session }) {
  const span = useSignal<Span>("hour");
  const now = minuteOf(useNow());
  const totals = session.totals.value ?? noTotals;
  const history = historyOf(totals, span.value, now);
  const when = span.value === "hour" ? "the last hour" : "the last 30 days";
  const summary = `${plural(history.pieces, "job or call", "jobs and calls")} and ${formatMs(Math.round(history.ms))} of computing in ${when}.`;
  const width = history.bars.length * (barWidth + barGap) - barGap;
  const words = span.value === "hour" ? minuteWords : dayWords;
  return (
    <Card
      title="Work over time"
      class="history"
      actions={
        <Segments
          label="How far back"
          segments={segments}
          selected={span.value}
          onSelect={(key) => {
            span.value = key;
          }}
        />
      }
    >
      <figure class="history__figure">
        <div class="history__plot">
          {history.ms > 0 ? (
            <span class="history__top numbers" aria-hidden="true">
              {formatMs(history.topMs)}
            </span>
          ) : (
            <p class="history__empty">Bars grow here as soon as this device has done some work.</p>
          )}
          <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={summary}>
            <line class="history__grid" x1="0" x2={width} y1="0.5" y2="0.5" />
            <line class="history__grid" x1="0" x2={width} y1={height / 2} y2={height / 2} />
            <line class="history__base" x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} />
            {history.bars.map((bar, index) => (
              <BarShape
                key={bar.at}
                bar={bar}
                x={index * (barWidth + barGap)}
                topMs={history.topMs}
                title={words(bar)}
              />
            ))}
          </svg>
        </div>
        <div class="history__axis numbers" aria-hidden="true">
          <span>{span.value === "hour" ? "1 hour ago" : "30 days ago"}</span>
          <span>{span.value === "hour" ? "Now" : "Today"}</span>
        </div>
        <figcaption class="small muted">{summary}</figcaption>
      </figure>
    </Card>
  );
}

interface BarShapeProps {
  readonly bar: Bar;
  readonly x: number;
  readonly topMs: number;
  readonly title: string;
}

function BarShape({ bar, x, topMs, title }: BarShapeProps) {
  const stretch = bar.ms > 0 ? Math.max(1, (barHeightMin * topMs) / (bar.ms * height)) : 1;
  const scale = (height / topMs) * stretch;
  return (
    <g>
      <title>{title}</title>
      <rect x={x} y="0" width={barWidth} height={height} fill="transparent" />
      {bar.parts.map(({ language, fromMs, ms }) => (
        <rect
          key={language}
          x={x}
          y={height - (fromMs + ms) * scale}
          width={barWidth}
          height={ms * scale}
          fill={`var(${languageColours[language]})`}
        />
      ))}
    </g>
  );
}

function minuteWords({ at, ms }: Bar): string {
  return `${formatClock(at).slice(0, 5)}: ${formatMs(Math.round(ms))}`;
}

function dayWords({ at, ms }: Bar): string {
  return `${formatInstant(at).replace(/,.*$/, "")}: ${formatMs(Math.round(ms))}`;
}
