import { hasCode, hasEnded, type JobDetail } from "../../../../src/client/index.ts";
import { plural, shortId } from "../../../../src/stdx/format.ts";
import { StatusPill } from "../../../shared/badge.tsx";
import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { LogPane } from "../../../shared/log-pane.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { useJob, type WatchedJob } from "../../data/job-watch.ts";
import type { Params } from "../../router/match.ts";
import { hrefOf } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import "./job.css";
import { JobActions } from "./job-actions.tsx";
import { JobCode, JobResult } from "./job-content.tsx";
import { JobFacts } from "./job-facts.tsx";
import { Timings } from "./timings.tsx";

const up = { href: hrefOf(["jobs"]), label: "Jobs" };

/** One job, as it stands and as it goes on. */
export function Job({ params }: { readonly params: Params }) {
  const id = params.id ?? "";
  const watched = useJob(id);
  const { job, error, reload } = watched;
  if (job) return <Loaded {...watched} job={job} />;
  return (
    <Page title={`Job ${shortId(id)}`} up={up}>
      {error === undefined ? (
        <div class="job">
          <Card class="job__placeholder">
            <Skeleton width="60%" />
          </Card>
        </div>
      ) : hasCode(error, "job_not_found") ? (
        <EmptyState
          icon="search"
          title="No such job"
          actions={<LinkButton href={hrefOf(["jobs"])}>See all jobs</LinkButton>}
        >
          There is no job with the id <code>{id}</code>. Jobs that ended long ago are not kept.
        </EmptyState>
      ) : (
        <ErrorNote error={error} onRetry={reload} />
      )}
    </Page>
  );
}

function Loaded({ job, log, live, error, reload }: WatchedJob & { readonly job: JobDetail }) {
  const ended = hasEnded(job);
  return (
    <Page
      title={`Job ${shortId(job.id)}`}
      aside={<StatusPill status={job.status} />}
      up={up}
      actions={<JobActions job={job} />}
    >
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      {job.waiting_for && (
        <Note tone="info">
          {job.waiting_for.message}
          {job.waiting_for.ahead !== null && job.waiting_for.ahead > 0 && (
            <> {plural(job.waiting_for.ahead, "job")} of its namespace go before it.</>
          )}
        </Note>
      )}
      {job.error !== null && (
        <Note tone="bad">
          {job.error}
          {job.error_code !== null && (
            <>
              {" "}
              <code class="nowrap">{job.error_code}</code>
            </>
          )}
        </Note>
      )}
      <div class="job">
        <div class="job__main">
          {job.status === "completed" && <JobResult job={job} />}
          <Card title="Log" flush>
            <LogPane
              label="What the job prints"
              entries={log.lines.map(({ number, stream, text }) => ({ key: number, kind: stream, text }))}
              cut={log.cut}
              fit={!live}
              empty={
                ended ? "It printed nothing." : "Nothing printed so far. Output shows up as it is written."
              }
            />
          </Card>
          <JobCode job={job} />
        </div>
        <div class="job__side">
          <Card title="Timings">
            <Timings timings={job.timings} />
          </Card>
          <JobFacts job={job} />
        </div>
      </div>
    </Page>
  );
}
