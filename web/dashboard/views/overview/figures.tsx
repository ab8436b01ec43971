import type { Stats as Totals } from "../../../../src/client/index.ts";
import type { OverviewTick, Percentiles } from "../../../../src/protocol/overview.ts";
import type { VolunteerKind } from "../../../../src/protocol/volunteer-kinds.ts";
import {
  formatCount,
  formatDecimal,
  formatMsBriefly,
  formatPercent,
  plural,
} from "../../../../src/stdx/format.ts";
import { Stat, Stats } from "../../../shared/card.tsx";
import { overviewSeries } from "../../data/live.ts";
import { recentMean, summed } from "../../data/series.ts";

/** Rates are told over so many seconds: one alone jumps too much to be read. */
const rateSeconds = 10;

export interface FiguresProps {
  readonly now: OverviewTick | undefined;
  readonly stats: Totals | undefined;
}

/** The present in a row of figures. */
export function Figures({ now, stats }: FiguresProps) {
  const series = overviewSeries.value;
  const jobRate = series && recentMean(summed(series.jobs_completed, series.jobs_failed), rateSeconds);
  const callRate = series && recentMean(summed(series.calls_ok, series.calls_failed), rateSeconds);
  return (
    <div class="overview__stats">
      <Stats>
        <Stat
          label="Jobs"
          value={jobRate === undefined ? undefined : formatDecimal(jobRate)}
          unit="/s"
          note={
            stats &&
            `${formatCount(stats.jobs.completed)} completed, ${formatCount(stats.jobs.failed)} failed`
          }
        />
        <Stat
          label="Waiting"
          value={now && formatCount(now.queue.waiting)}
          note={now && `${plural(now.jobs_running, "job")} running`}
        />
        <Stat
          label="Slots busy"
          value={now && formatCount(now.slots.busy)}
          unit={now && `of ${formatCount(now.slots.total)}`}
          note={
            now && (now.slots.total === 0 ? "No slots yet" : formatPercent(now.slots.busy / now.slots.total))
          }
        />
        <Stat label="Median job latency" {...latency(now, now?.latency.job)} />
        <Stat
          label="Function calls"
          value={callRate === undefined ? undefined : formatDecimal(callRate)}
          unit="/s"
          note={now && callNote(now.latency.call)}
        />
        <Stat
          label="Volunteers"
          value={now && formatCount(now.volunteers.total)}
          note={now && kindsNote(now.volunteers.by_kind)}
        />
      </Stats>
    </div>
  );
}

function latency(now: OverviewTick | undefined, percentiles: Percentiles | undefined) {
  if (!now) return { value: undefined };
  if (!percentiles) return { value: "–", note: "None ended just now" };
  const [number = "", unit = ""] = formatMsBriefly(percentiles.p50_ms).split(" ");
  return { value: number, unit, note: `95% within ${formatMsBriefly(percentiles.p95_ms)}` };
}

function callNote(percentiles: Percentiles): string {
  if (!percentiles) return "None just now";
  return `Half within ${formatMsBriefly(percentiles.p50_ms)}`;
}

export const kindNames = {
  native: "Native workers",
  browser: "Browser tabs",
  internal: "Inside the orchestrator",
  other: "Others",
} as const satisfies Record<VolunteerKind, string>;

const kindWords = {
  native: ["native", "native"],
  browser: ["tab", "tabs"],
  internal: ["internal", "internal"],
  other: ["other", "others"],
} as const satisfies Record<VolunteerKind, readonly [one: string, many: string]>;

function kindsNote(byKind: OverviewTick["volunteers"]["by_kind"]): string {
  const parts = kindsIn(byKind).map(([kind, count]) => {
    const [one, many] = kindWords[kind];
    return plural(count, one, many);
  });
  return parts.length === 0 ? "Nobody is connected" : parts.join(", ");
}

/** The kinds that there are some of. */
export function kindsIn(byKind: OverviewTick["volunteers"]["by_kind"]): [VolunteerKind, number][] {
  const kinds: readonly VolunteerKind[] = ["native", "browser", "internal", "other"];
  return kinds.map((kind): [VolunteerKind, number] => [kind, byKind[kind]]).filter(([, count]) => count > 0);
}
