import type { JobTimings } from "../../../../src/protocol/job.ts";
import { formatMs } from "../../../../src/stdx/format.ts";
import "./timings.css";

interface Phase {
  readonly key: "queue" | "dispatch" | "run";
  readonly label: string;
  readonly ms: number;
}

/** The phases of a job's life up to now, in their order. */
function phasesOf({ queue_ms, dispatch_ms, run_ms }: JobTimings): Phase[] {
  const sentMs = Math.min(dispatch_ms ?? 0, queue_ms);
  return [
    { key: "queue", label: "Waited in the queue", ms: queue_ms - sentMs },
    { key: "dispatch", label: "Sent, and waited for its turn", ms: sentMs },
    { key: "run", label: "Ran", ms: run_ms ?? 0 },
  ];
}

/** How long each phase took, as a bar and in figures. */
export function Timings({ timings }: { readonly timings: JobTimings }) {
  const phases = phasesOf(timings);
  return (
    <div>
      <div class="timings__bar" aria-hidden="true">
        {phases.map(({ key, ms }) =>
          ms > 0 ? (
            <div key={key} class={`timings__part timings__part--${key}`} style={{ flexGrow: ms }} />
          ) : undefined,
        )}
      </div>
      <dl class="timings__list">
        {phases.map(({ key, label, ms }) => (
          <>
            <dt>
              <span class={`timings__swatch timings__swatch--${key}`} aria-hidden="true" />
              <span>{label}</span>
            </dt>
            <dd>{key === "run" && timings.run_ms === null ? "–" : formatMs(ms)}</dd>
          </>
        ))}
        <dt>
          <span />
          <span class="muted">All in all</span>
        </dt>
        <dd class="muted">{formatMs(timings.total_ms)}</dd>
      </dl>
    </div>
  );
}
