import { limits } from "../../../../src/protocol/limits.ts";
import { parseDurationMs } from "../../../../src/stdx/duration.ts";

/** How long a value is to live, as it was typed. */
export type LifeTime =
  | { readonly kind: "forever" }
  | { readonly kind: "seconds"; readonly seconds: number }
  | { readonly kind: "fault"; readonly sentence: string };

const secondsMax = limits.kvTtlSecondsMax;

/** Reads a span of time such as `90`, `10m` or `1d12h`; nothing at all is for ever. */
export function readLifeTime(text: string): LifeTime {
  const plain = text.trim().toLowerCase().replaceAll(/\s+/g, "");
  if (plain === "") return { kind: "forever" };
  const ms = parseDurationMs(plain);
  if (ms === undefined || ms <= 0) {
    return { kind: "fault", sentence: "Write a span of time, such as 90s, 10m, 12h or 7d." };
  }
  const seconds = ms / 1000;
  if (seconds > secondsMax) return { kind: "fault", sentence: "A value can live for ten years at the most." };
  return { kind: "seconds", seconds };
}
