import { useLayoutEffect, useRef } from "preact/hooks";
import "./code-block.css";
import { formatClock } from "../../src/stdx/format.ts";

export interface LogEntry {
  readonly key: string | number;
  readonly text: string;
  /** Colours it: `stderr` as an error, `call` as a side remark. */
  readonly kind?: "stdout" | "stderr" | "call";
  /** Milliseconds since the epoch. */
  readonly at?: number;
}

export interface LogPaneProps {
  readonly label: string;
  readonly entries: readonly LogEntry[];
  /** Says that there were earlier lines which are not here. */
  readonly cut?: boolean;
  readonly tall?: boolean;
  /** As high as its lines, for output that is complete; otherwise it keeps its height while lines come. */
  readonly fit?: boolean;
  /** Shown where there are no lines. */
  readonly empty: string;
}

/** Whoever stands nearer to the end than this follows it. */
const nearEndPixels = 24;

/**
 * Output as it comes: stays at its end unless the reader scrolled up. Whoever feeds it bounds the number of entries;
 * lines out of sight cost no layout.
 */
export function LogPane({ label, entries, cut = false, tall = false, fit = false, empty }: LogPaneProps) {
  const pane = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  useLayoutEffect(() => {
    const element = pane.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  });
  return (
    <div
      ref={pane}
      class={`log${tall ? " log--tall" : ""}${fit ? " log--fit" : ""}`}
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
      tabIndex={0}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        following.current = scrollHeight - scrollTop - clientHeight < nearEndPixels;
      }}
    >
      {cut && <div class="log__cut">Earlier lines are not shown.</div>}
      {entries.length === 0 && <div class="log__cut">{empty}</div>}
      {entries.map(({ key, text, kind = "stdout", at }) => (
        <div key={key} class={`log__line log__line--${kind}`}>
          {at !== undefined && <span class="log__at">{formatClock(at)}</span>}
          {text}
        </div>
      ))}
    </div>
  );
}
