import { type Language, languages } from "../../src/protocol/languages.ts";

/** What was done for one language. */
export interface Amount {
  /** Jobs and calls of functions that came to an end here. */
  readonly pieces: number;
  /** Milliseconds in which their code ran. */
  readonly ms: number;
}

export type Amounts = Readonly<Partial<Record<Language, Amount>>>;

/** What was done in one minute or one day. */
export interface Bucket {
  /** Milliseconds since the Unix epoch at which it begins. */
  readonly at: number;
  readonly amounts: Amounts;
}

/** What a browser has given so far, kept between visits. */
export interface Totals {
  /** Milliseconds since the Unix epoch of the first piece of work; undefined before it. */
  readonly since: number | undefined;
  readonly amounts: Amounts;
  /** Pieces that did not end well: the guest's fault as a rule. */
  readonly failed: number;
  /** The last hour, by minutes; empty minutes are absent. Oldest first. */
  readonly minutes: readonly Bucket[];
  /** The last thirty days, by days of the visitor's time zone. Oldest first. */
  readonly days: readonly Bucket[];
}

export const minutesKept = 60;
export const daysKept = 30;
export const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export const noTotals: Totals = { since: undefined, amounts: {}, failed: 0, minutes: [], days: [] };

export interface Piece {
  readonly language: Language;
  readonly ms: number;
  readonly failed: boolean;
  /** Milliseconds since the Unix epoch at which it ended. */
  readonly at: number;
}

/** The totals of one piece of work. */
export function totalsOf({ language, ms, failed, at }: Piece): Totals {
  const amounts: Amounts = { [language]: { pieces: 1, ms } };
  return {
    since: at,
    amounts,
    failed: failed ? 1 : 0,
    minutes: [{ at: minuteOf(at), amounts }],
    days: [{ at: dayOf(at), amounts }],
  };
}

/** Both together, without what is too old to be kept. */
export function addTotals(one: Totals, other: Totals, now: number): Totals {
  return {
    since: earliest(one.since, other.since),
    amounts: addAmounts(one.amounts, other.amounts),
    failed: one.failed + other.failed,
    minutes: addBuckets(one.minutes, other.minutes, minuteOf(now) - minutesKept * minuteMs, minutesKept),
    days: addBuckets(one.days, other.days, now - daysKept * dayMs, daysKept),
  };
}

export function sumOf(amounts: Amounts): Amount {
  let [pieces, ms] = [0, 0];
  for (const language of languages) {
    pieces += amounts[language]?.pieces ?? 0;
    ms += amounts[language]?.ms ?? 0;
  }
  return { pieces, ms };
}

export function minuteOf(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}

/** Midnight before it, where the visitor is. */
export function dayOf(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** The totals in what was kept; those of a first visit where it makes no sense. */
export function readTotals(kept: unknown): Totals {
  if (!isRecord(kept)) return noTotals;
  const { since, failed } = kept;
  return {
    since: typeof since === "number" ? since : undefined,
    amounts: readAmounts(kept.amounts),
    failed: countOf(failed),
    minutes: readBuckets(kept.minutes),
    days: readBuckets(kept.days),
  };
}

function addAmounts(one: Amounts, other: Amounts): Amounts {
  const sums: Partial<Record<Language, Amount>> = {};
  for (const language of languages) {
    const [a, b] = [one[language], other[language]];
    const sum = a && b ? { pieces: a.pieces + b.pieces, ms: a.ms + b.ms } : (a ?? b);
    if (sum) sums[language] = sum;
  }
  return sums;
}

function addBuckets(
  one: readonly Bucket[],
  other: readonly Bucket[],
  after: number,
  countMax: number,
): Bucket[] {
  const sums = new Map<number, Amounts>();
  for (const { at, amounts } of [...one, ...other]) {
    if (at > after) sums.set(at, addAmounts(sums.get(at) ?? {}, amounts));
  }
  const buckets = [...sums].map(([at, amounts]) => ({ at, amounts }));
  return buckets.sort((a, b) => a.at - b.at).slice(-countMax);
}

function earliest(one: number | undefined, other: number | undefined): number | undefined {
  return one !== undefined && other !== undefined ? Math.min(one, other) : (one ?? other);
}

function readBuckets(kept: unknown): Bucket[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((bucket: unknown) => {
    if (!isRecord(bucket) || typeof bucket.at !== "number") return [];
    return { at: bucket.at, amounts: readAmounts(bucket.amounts) };
  });
}

function readAmounts(kept: unknown): Amounts {
  const amounts: Partial<Record<Language, Amount>> = {};
  if (!isRecord(kept)) return amounts;
  for (const language of languages) {
    const amount = kept[language];
    if (isRecord(amount)) amounts[language] = { pieces: countOf(amount.pieces), ms: countOf(amount.ms) };
  }
  return amounts;
}

function countOf(kept: unknown): number {
  return typeof kept === "number" && Number.isFinite(kept) && kept >= 0 ? kept : 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
