import { useEffect, useState } from "preact/hooks";
import { hasEnded, type JobDetail } from "../../../src/client/index.ts";
import { jobChanges } from "./live.ts";
import { type LogLines, linesOf, noLines, withOutput } from "./log-lines.ts";
import { useResource } from "./resource.ts";
import { client } from "./session.ts";
import { useSteady } from "./steady.ts";
import { useStream } from "./stream.ts";

export interface WatchedJob {
  readonly job: JobDetail | undefined;
  readonly error: unknown;
  readonly reload: () => void;
  readonly log: LogLines;
  /** The output came as it was written; otherwise it was there from the beginning. */
  readonly live: boolean;
}

/**
 * A job and its output as they come. Its event stream brings the output and says when the rest is worth fetching anew; once
 * it has ended nothing is asked any more.
 *
 * @param id undefined for none
 */
export function useJob(id: string | undefined): WatchedJob {
  const [log, setLog] = useState<{ readonly id: string | undefined; readonly lines: LogLines }>({
    id: undefined,
    lines: noLines,
  });
  const [status, setStatus] = useState("");
  const [over, setOver] = useState<string>();
  // Why a job still waits changes with what others do.
  const changes = useSteady(jobChanges.value, 2000);
  const waits = over !== id && status.startsWith("pending");
  const detail = useResource<JobDetail | undefined>(
    JSON.stringify([id, status, over === id, waits ? changes : 0]),
    async (signal) => (id === undefined ? undefined : client.jobs.get(id, { signal })),
  );
  const job = detail.data?.id === id ? detail.data : undefined;
  const ended = job !== undefined && hasEnded(job);

  useEffect(() => {
    setStatus("");
    setLog({ id, lines: noLines });
  }, [id]);

  useStream(id !== undefined && job !== undefined && !ended ? id : undefined, async (signal) => {
    if (id === undefined) return;
    let lines = noLines;
    for await (const event of client.jobs.events(id, { signal })) {
      if (event.type === "job") {
        setStatus(`${event.job.status} ${event.job.attempts}`);
        // Another run begins its output anew.
        if (event.job.status !== "running") continue;
        lines = noLines;
      } else if (event.type === "log") {
        lines = withOutput(lines, event.stream, event.text);
      }
      setLog({ id, lines });
    }
    setOver(id);
  });

  const written = log.id === id ? log.lines : noLines;
  // What came live stands in the order in which it was written; what was kept, stream by stream.
  const live = !ended || written.lines.length > 0;
  const shown = live || !job ? written : linesOf(job);
  return { job, error: detail.error, reload: detail.reload, log: shown, live };
}
