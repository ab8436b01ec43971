import { useEffect, useRef, useState } from "preact/hooks";
import type { OverviewTick } from "../../../src/protocol/overview.ts";
import { client } from "./session.ts";
import { useStream } from "./stream.ts";

/** However much happens, a view is not told of it more often than this. */
const pauseMs = 1500;

/**
 * Tells a view that it may show the past, by the orchestrator's own ticks: nothing is asked for while nothing happens.
 *
 * @param traceOf what of a tick concerns the view; the same text twice means that it would show the same
 * @param onChange called at most once in `pauseMs`
 */
export function useActivity(traceOf: (tick: OverviewTick) => string, onChange: () => void): void {
  const [changes, setChanges] = useState(0);
  const last = useRef<string | undefined>(undefined);
  const toldAt = useRef(Date.now());
  const latest = useRef(onChange);
  latest.current = onChange;
  useStream("activity", async (signal) => {
    for await (const event of client.watchOverview({ minutes: 1 }, { signal })) {
      const now = traceOf(event.type === "tick" ? event.tick : event.overview);
      if (now === last.current) continue;
      // The first one says how things stand, and the view has just asked.
      if (last.current !== undefined) setChanges((count) => count + 1);
      last.current = now;
    }
  });
  useEffect(() => {
    if (changes === 0) return;
    const timer = setTimeout(
      () => {
        toldAt.current = Date.now();
        latest.current();
      },
      Math.max(0, toldAt.current + pauseMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [changes]);
}
