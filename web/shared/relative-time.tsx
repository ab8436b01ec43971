import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatInstant, formatRelative } from "../../src/stdx/format.ts";

/** The present, in steps of a second while anything on the page shows it. */
const now = signal(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function watchClock(): () => void {
  now.value = Date.now();
  if (++watchers === 1) timer = setInterval(() => (now.value = Date.now()), 1000);
  return () => {
    if (--watchers === 0) clearInterval(timer);
  };
}

/** The present as a value that moves on each second. @returns ms since the epoch */
export function useNow(): number {
  useEffect(watchClock, []);
  return now.value;
}

export interface RelativeTimeProps {
  /** ISO 8601, or milliseconds since the epoch. */
  readonly at: string | number;
  /** For what is still to come. Otherwise an instant ahead is one of a clock that goes wrong, and shown as now. */
  readonly ahead?: boolean;
}

/** How long ago something was, kept true; the instant itself as a tip. */
export function RelativeTime({ at, ahead = false }: RelativeTimeProps) {
  const ms = typeof at === "number" ? at : Date.parse(at);
  const present = useNow();
  return (
    <time class="nowrap" dateTime={new Date(ms).toISOString()} title={formatInstant(ms)}>
      {formatRelative(ms, ahead ? Math.min(present, ms) : Math.max(present, ms))}
    </time>
  );
}
