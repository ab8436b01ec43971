import { type Language, languages } from "../../src/protocol/languages.ts";
import {
  type Bucket,
  dayOf,
  daysKept,
  minuteMs,
  minuteOf,
  minutesKept,
  sumOf,
  type Totals,
} from "./totals.ts";

export const spans = ["hour", "month"] as const;
export type Span = (typeof spans)[number];

/** One bar: the time of each language on top of the others. */
export interface Bar {
  /** Milliseconds since the Unix epoch at which its minute or day begins. */
  readonly at: number;
  readonly ms: number;
  readonly parts: readonly { readonly language: Language; readonly fromMs: number; readonly ms: number }[];
}

export interface WorkHistory {
  readonly bars: readonly Bar[];
  /** The height of the picture: the highest bar, or what makes low ones look low. */
  readonly topMs: number;
  readonly pieces: number;
  readonly ms: number;
}

/** The last hour by minutes or the last thirty days by days, with the empty ones. */
export function historyOf(totals: Totals, span: Span, now: number): WorkHistory {
  const kept = new Map((span === "hour" ? totals.minutes : totals.days).map((bucket) => [bucket.at, bucket]));
  const instants = span === "hour" ? minutesUntil(now) : daysUntil(now);
  const buckets = instants.map((at) => kept.get(at) ?? { at, amounts: {} });
  const bars = buckets.map(barOf);
  const sums = buckets.map(({ amounts }) => sumOf(amounts));
  return {
    bars,
    topMs: niceTop(Math.max(...bars.map(({ ms }) => ms))),
    pieces: sums.reduce((all, { pieces }) => all + pieces, 0),
    ms: sums.reduce((all, { ms }) => all + ms, 0),
  };
}

function barOf({ at, amounts }: Bucket): Bar {
  let fromMs = 0;
  const parts = languages.flatMap((language) => {
    const ms = amounts[language]?.ms ?? 0;
    if (ms <= 0) return [];
    const part = { language, fromMs, ms };
    fromMs += ms;
    return part;
  });
  return { at, ms: fromMs, parts };
}

function minutesUntil(now: number): number[] {
  const last = minuteOf(now);
  return Array.from({ length: minutesKept }, (_, index) => last - (minutesKept - 1 - index) * minuteMs);
}

/** Days are not all 24 hours long, so they are counted by the calendar. */
function daysUntil(now: number): number[] {
  const today = new Date(dayOf(now));
  return Array.from({ length: daysKept }, (_, index) => {
    const before = daysKept - 1 - index;
    return new Date(today.getFullYear(), today.getMonth(), today.getDate() - before).getTime();
  });
}

const tops = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];

/** The next span of time above that a clock's face knows. */
export function niceTop(ms: number): number {
  const seconds = ms / 1000;
  const day = 86_400;
  return 1000 * (tops.find((top) => seconds <= top) ?? Math.ceil(seconds / day) * day);
}
