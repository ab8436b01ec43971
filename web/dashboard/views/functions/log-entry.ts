import type { LogLineView } from "../../../../src/protocol/functions.ts";
import { formatMs } from "../../../../src/stdx/format.ts";

/** A line as a `LogPane` takes it. */
export interface ShownLine {
  readonly at: number;
  readonly text: string;
  readonly kind: "stdout" | "stderr" | "call";
}

/** A line of the log as the page shows it. */
export function entryOf(line: LogLineView): ShownLine {
  const at = Date.parse(line.at);
  if (!line.call) return { at, text: line.text, kind: line.level === "error" ? "stderr" : "stdout" };
  const { method, path, status, duration_ms, cold } = line.call;
  const words = [`${method} ${path}`, `${status}`, formatMs(duration_ms), `revision ${line.revision}`];
  if (cold) words.push("code loaded");
  return { at, text: words.join(" · "), kind: status >= 500 ? "stderr" : "call" };
}
