import { hasEnded } from "../../../../src/client/index.ts";
import { StatusPill } from "../../../shared/badge.tsx";
import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CodeBlock } from "../../../shared/code-block.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { prettyJson } from "../../../shared/json-text.ts";
import { LogPane } from "../../../shared/log-pane.tsx";
import { useJob } from "../../data/job-watch.ts";
import { hrefOf } from "../../router/router.ts";
import { Timings } from "../jobs/timings.tsx";

/** The job that was run last: its output as it comes, then what it returned. */
export function JobOutcome({ id }: { readonly id: string | undefined }) {
  const { job, log, error, reload } = useJob(id);
  if (id === undefined) {
    return (
      <Card title="Outcome" class="outcome">
        <EmptyState icon="play" title="Nothing has run yet">
          What your code prints shows up here as it is written, and then what it returns.
        </EmptyState>
      </Card>
    );
  }
  const text = typeof job?.result === "string" ? job.result : prettyJson(job?.result);
  return (
    <Card
      title="Outcome"
      class="outcome"
      flush
      actions={
        <>
          {job && <StatusPill status={job.status} />}
          <LinkButton size="small" href={hrefOf(["jobs", id])}>
            Open the job
          </LinkButton>
        </>
      }
    >
      {error !== undefined && (
        <div class="card__body">
          <ErrorNote error={error} onRetry={reload} />
        </div>
      )}
      {job?.waiting_for && (
        <div class="card__body">
          <Note>{job.waiting_for.message}</Note>
        </div>
      )}
      {job?.error != null && (
        <div class="card__body">
          <Note tone="bad">{job.error}</Note>
        </div>
      )}
      {job?.status === "completed" && (
        <CodeBlock label="Result" text={text} wrap={typeof job.result === "string"} />
      )}
      <LogPane
        label="What the job prints"
        entries={log.lines.map(({ number, stream, text: line }) => ({
          key: number,
          kind: stream,
          text: line,
        }))}
        cut={log.cut}
        empty={job && hasEnded(job) ? "It printed nothing." : "Nothing printed so far."}
      />
      {job && (
        <div class="card__body">
          <Timings timings={job.timings} />
        </div>
      )}
    </Card>
  );
}
