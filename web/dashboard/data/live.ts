import { signal } from "@preact/signals";
import { ZerverlessError } from "../../../src/client/index.ts";
import type { OverviewSeries, OverviewTick } from "../../../src/protocol/overview.ts";
import { withPoint } from "./series.ts";
import { client } from "./session.ts";
import { useStream } from "./stream.ts";
import { pageVisible } from "./visible.ts";

export type Connection = "connecting" | "live" | "lost" | "closed" | "paused";

/** How the page stands with the orchestrator. */
export const connection = signal<Connection>("connecting");

/** How things stand, a second ago at most; undefined until it is known. */
export const overviewNow = signal<OverviewTick | undefined>(undefined);

/** The last minutes, second by second. */
export const overviewSeries = signal<OverviewSeries | undefined>(undefined);

/** Grows in each second in which a job came, began or ended: lists of jobs that are in sight are then fetched anew. */
export const jobChanges = signal(0);

/** Why there is no live picture, where asking again would not help. */
export const liveRefusal = signal<unknown>(undefined);

/** After so long an orchestrator that could not be reached at all is asked again. */
const retryMs = 3000;

/** Keeps the page in touch with the orchestrator while it is seen: one event stream, whatever view shows. */
export function useLive(): void {
  useStream("live", watch, (error) => {
    liveRefusal.value = error;
    connection.value = "closed";
  });
}

/** Until it is aborted, or refused. */
async function watch(signal: AbortSignal): Promise<void> {
  connection.value = "connecting";
  liveRefusal.value = undefined;
  signal.addEventListener("abort", () => {
    connection.value = pageVisible.peek() ? "connecting" : "paused";
  });
  while (!signal.aborted) {
    try {
      await read(signal);
    } catch (error) {
      if (signal.aborted || !mayReturn(error)) throw error;
    }
    connection.value = "lost";
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

/** Whether trouble may pass by itself: a refusal stays one. */
function mayReturn(error: unknown): boolean {
  return !(error instanceof ZerverlessError) || error.status < 400 || error.status >= 500;
}

async function read(signal: AbortSignal): Promise<void> {
  const onConnection = (lost: unknown) => {
    connection.value = lost === undefined ? "live" : "lost";
  };
  for await (const event of client.watchOverview({}, { signal, onConnection })) {
    if (event.type === "overview") {
      const { series, ...tick } = event.overview;
      overviewSeries.value = series;
      overviewNow.value = tick;
      jobChanges.value++;
      continue;
    }
    noteJobs(event.tick);
    overviewNow.value = event.tick;
    const series = overviewSeries.peek();
    if (series) overviewSeries.value = withPoint(series, event.tick.point);
  }
}

function noteJobs({ point, jobs_running }: OverviewTick): void {
  const moved = point.jobs_accepted + point.jobs_completed + point.jobs_failed + point.jobs_cancelled;
  if (moved > 0 || jobs_running !== overviewNow.peek()?.jobs_running) jobChanges.value++;
}
