import type { Settings } from "./settings.ts";

/** What the page knows that bears on whether to work. */
export interface Circumstances {
  /** The visitor has started it. */
  readonly wanted: boolean;
  readonly settings: Pick<Settings, "onBattery">;
  /** Undefined where the browser does not tell. */
  readonly battery: { readonly charging: boolean } | undefined;
  /** Milliseconds since the Unix epoch; undefined when the visitor did not pause. */
  readonly pausedUntil: number | undefined;
  readonly now: number;
}

export type Plan =
  | { readonly kind: "off" }
  | { readonly kind: "work" }
  | { readonly kind: "pause"; readonly reason: "battery" }
  | { readonly kind: "pause"; readonly reason: "visitor"; readonly until: number };

/** Whether to work now, and if not, why not. */
export function planFor({ wanted, settings, battery, pausedUntil, now }: Circumstances): Plan {
  if (!wanted) return { kind: "off" };
  if (pausedUntil !== undefined && now < pausedUntil) {
    return { kind: "pause", reason: "visitor", until: pausedUntil };
  }
  if (battery && !battery.charging && !settings.onBattery) return { kind: "pause", reason: "battery" };
  return { kind: "work" };
}
