/**
 * The calendar functions that Lua's `os.date` and `os.time` need from their host, in UTC and in English: a cell has no
 * time zone and no locale of its own, and the same job gives the same text on every volunteer.
 */

/** The C library's `struct tm`. */
export interface BrokenTime {
  second: number;
  minute: number;
  hour: number;
  /** From 1. */
  day: number;
  /** From 0. */
  month: number;
  year: number;
  /** Sunday is 0. */
  weekday: number;
  /** From 0. */
  yearDay: number;
}

/** A little less than JavaScript's dates hold, so that the whole year around is inside. */
const secondsMax = 8.6e12;
const msPerDay = 86_400_000;

export function brokenTime(seconds: number): BrokenTime {
  const date = new Date(Math.max(-secondsMax, Math.min(secondsMax, Math.floor(seconds))) * 1000);
  const year = date.getUTCFullYear();
  return {
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: date.getUTCMonth(),
    year,
    weekday: date.getUTCDay(),
    yearDay: Math.floor((date.getTime() - startOfYear(year)) / msPerDay),
  };
}

/** Takes fields that are out of their range as C's `mktime` does. Seconds since 1970, or NaN where they don't fit. */
export function secondsOf({ second, minute, hour, day, month, year }: BrokenTime): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

/** `Date.UTC` takes years below 100 for years of the 20th century. */
function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

const two = (value: number): string => String(value).padStart(2, "0");
const spaced = (value: number): string => String(value).padStart(2, " ");
const hour12 = (hour: number): number => ((hour + 11) % 12) + 1;

const conversions: Record<string, (time: BrokenTime) => string> = {
  a: (time) => (weekdays[time.weekday] ?? "?").slice(0, 3),
  A: (time) => weekdays[time.weekday] ?? "?",
  b: (time) => (months[time.month] ?? "?").slice(0, 3),
  B: (time) => months[time.month] ?? "?",
  c: (time) => formatTime("%a %b %e %H:%M:%S %Y", time),
  C: (time) => two(Math.floor(time.year / 100)),
  d: (time) => two(time.day),
  D: (time) => formatTime("%m/%d/%y", time),
  e: (time) => spaced(time.day),
  F: (time) => formatTime("%Y-%m-%d", time),
  g: (time) => two(isoWeek(time).year % 100),
  G: (time) => String(isoWeek(time).year),
  h: (time) => formatTime("%b", time),
  H: (time) => two(time.hour),
  I: (time) => two(hour12(time.hour)),
  j: (time) => String(time.yearDay + 1).padStart(3, "0"),
  m: (time) => two(time.month + 1),
  M: (time) => two(time.minute),
  n: () => "\n",
  p: (time) => (time.hour < 12 ? "AM" : "PM"),
  r: (time) => formatTime("%I:%M:%S %p", time),
  R: (time) => formatTime("%H:%M", time),
  S: (time) => two(time.second),
  t: () => "\t",
  T: (time) => formatTime("%H:%M:%S", time),
  u: (time) => String(time.weekday === 0 ? 7 : time.weekday),
  U: (time) => two(Math.floor((time.yearDay + 7 - time.weekday) / 7)),
  V: (time) => two(isoWeek(time).week),
  w: (time) => String(time.weekday),
  W: (time) => two(Math.floor((time.yearDay + 7 - ((time.weekday + 6) % 7)) / 7)),
  x: (time) => formatTime("%m/%d/%y", time),
  X: (time) => formatTime("%H:%M:%S", time),
  y: (time) => two(((time.year % 100) + 100) % 100),
  Y: (time) => String(time.year),
  z: () => "+0000",
  Z: () => "UTC",
  "%": () => "%",
};

/** C's `strftime` in the C locale. The modifiers E and O change nothing there. */
export function formatTime(format: string, time: BrokenTime): string {
  return format.replace(/%[EO]?(.)/gs, (whole, letter: string) => conversions[letter]?.(time) ?? whole);
}

/** ISO 8601: the week belongs to the year that its Thursday is in. */
function isoWeek({ year, yearDay, weekday }: BrokenTime): { year: number; week: number } {
  const thursday = yearDay - ((weekday + 6) % 7) + 3;
  if (thursday < 0) {
    const daysBefore = daysIn(year - 1);
    return { year: year - 1, week: Math.floor((daysBefore + thursday) / 7) + 1 };
  }
  const days = daysIn(year);
  if (thursday >= days) return { year: year + 1, week: Math.floor((thursday - days) / 7) + 1 };
  return { year, week: Math.floor(thursday / 7) + 1 };
}

function daysIn(year: number): number {
  return (startOfYear(year + 1) - startOfYear(year)) / msPerDay;
}
