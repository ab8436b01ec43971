/*
 * How numbers and instants are written for people, on pages and in a terminal: short enough for a table, exact enough to
 * act on. Everything is in English, as what stands around it is, whatever the machine's language.
 */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `0`, `987`, `12,345`, `1.23M` */
export function formatCount(count: number): string {
  if (Math.abs(count) < 1_000_000) return whole.format(count);
  return Math.abs(count) < 999_500_000 ? `${significant(count / 1e6)}M` : `${significant(count / 1e9)}B`;
}

/** A rate or average: `0`, `0.25`, `4.2`, `123`, `1,234` */
export function formatDecimal(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 0.01) return "<0.01";
  return Math.abs(value) >= 100 ? formatCount(Math.round(value)) : significant(value);
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** `0 B`, `1.5 KiB`, `812 MiB` */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (unit < byteUnits.length - 1 && Math.abs(value) >= 1023.5) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? whole.format(value) : significant(value)} ${byteUnits[unit]}`;
}

/** A span of time: `0.4 ms`, `12 ms`, `1.5 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function formatMs(ms: number): string {
  if (ms < 1) return ms === 0 ? "0 ms" : `${Math.max(0.01, Number(ms.toPrecision(1)))} ms`;
  if (ms < 999.5) return `${significant(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${significant(seconds)} s`;
  const spans = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ] as const;
  const rounded = Math.round(seconds);
  const first = spans.findIndex(([, size]) => rounded >= size);
  const [unit, size] = spans[first] ?? ["s", 1];
  const [nextUnit, nextSize] = spans[first + 1] ?? ["s", 1];
  const rest = Math.floor((rounded % size) / nextSize);
  return `${Math.floor(rounded / size)} ${unit}${rest > 0 && size > 1 ? ` ${rest} ${nextUnit}` : ""}`;
}

/** A span of time in one unit, for axes and legends: `12 ms`, `1.5 s`, `1.3 min` */
export function formatMsBriefly(ms: number): string {
  if (ms < 59_950) return formatMs(ms);
  return ms < 3_597_000 ? `${significant(ms / 60_000)} min` : `${significant(ms / 3_600_000)} h`;
}

/** A part of a whole, from 0 to 1: `0%`, `0.4%`, `37%` */
export function formatPercent(part: number): string {
  const percent = part * 100;
  if (percent > 0 && percent < 9.95) return `${Number(percent.toFixed(1))}%`;
  return `${Math.round(percent)}%`;
}

/** How far an instant is from now, in words: `just now`, `12 s ago`, `in 3 h`. @param now, at: ms since the epoch */
export function formatRelative(at: number, now: number): string {
  const ms = now - at;
  if (Math.abs(ms) < 1500) return "just now";
  const span = coarse(Math.abs(ms) / 1000);
  return ms > 0 ? `${span} ago` : `in ${span}`;
}

function coarse(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3570) return `${Math.round(seconds / 60)} min`;
  if (seconds < 84_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const instant = new Intl.DateTimeFormat("en-GB", {
  year: "numeric",
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

const clockTime = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** An instant in the reader's time zone: `26 Nov 2026, 01:45:12` */
export function formatInstant(at: number): string {
  return instant.format(at);
}

/** The time of day: `01:45:12` */
export function formatClock(at: number): string {
  return clockTime.format(at);
}

/** `1 job`, `2 jobs`, `1,000 jobs` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The end of an id, enough to tell it from its neighbours: ids that were made at one time begin alike. */
export function shortId(id: string): string {
  return id.length > 12 ? id.slice(-8) : id;
}

/** Three significant digits without trailing zeros. */
function significant(value: number): string {
  return whole.format(value).length > 3 ? whole.format(value) : `${Number(value.toPrecision(3))}`;
}
