import type { JobListItem } from "../../../../src/client/index.ts";
import { shortId } from "../../../../src/stdx/format.ts";
import { LanguageTag, StatusPill } from "../../../shared/badge.tsx";
import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Pager } from "../../../shared/pager.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { type Column, Table } from "../../../shared/table.tsx";
import { jobChanges } from "../../data/live.ts";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { useSteady } from "../../data/steady.ts";
import { hrefOf, place, updateQuery } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { Duration } from "./duration.tsx";
import { Filters, type JobFilters, readFilters } from "./filters.tsx";
import "./jobs.css";

const pageSize = 25;

const columns: readonly Column<JobListItem>[] = [
  {
    key: "id",
    title: "Job",
    width: "shrink",
    cell: (job) => <span class="mono">{shortId(job.id)}</span>,
  },
  { key: "status", title: "Status", width: "shrink", cell: (job) => <StatusPill status={job.status} /> },
  {
    key: "language",
    title: "Language",
    width: "shrink",
    cell: (job) => <LanguageTag language={job.job_type} />,
  },
  { key: "namespace", title: "Namespace", width: "shrink", cell: (job) => job.namespace },
  { key: "result", title: "Outcome", width: "fill", cell: (job) => <Outcome job={job} /> },
  { key: "took", title: "Ran for", align: "end", width: "shrink", cell: (job) => <Duration job={job} /> },
  {
    key: "created",
    title: "Submitted",
    align: "end",
    width: "shrink",
    cell: (job) => <RelativeTime at={job.created_at} />,
  },
];

function Outcome({ job }: { readonly job: JobListItem }) {
  if (job.error !== null) return <span class="job-preview job-preview--error">{job.error}</span>;
  if (job.result_omitted) return <span class="job-preview">A large result</span>;
  if (job.status !== "completed") return null;
  const text = JSON.stringify(job.result);
  return <span class="job-preview">{text.length > 200 ? `${text.slice(0, 200)}…` : text}</span>;
}

/** All jobs, newest first, narrowed and paged by the address. The first page follows what happens. */
export function Jobs() {
  const { query } = place.value;
  const filters = readFilters(query);
  const offset = Math.max(0, Math.floor(Number(query.get("offset")) || 0));
  // Whoever reads on a later page wants it to stay as it is.
  const changes = useSteady(jobChanges.value, 2000);
  const { status, language, namespace } = filters;
  const page = useResource(
    JSON.stringify([status, language, namespace, offset, offset === 0 ? changes : 0]),
    (signal) =>
      client.jobs.list({ status, namespace, job_type: language, limit: pageSize, offset }, { signal }),
  );
  return (
    <Page
      title="Jobs"
      actions={
        <LinkButton kind="primary" icon="plus" href={hrefOf(["playground"])}>
          New job
        </LinkButton>
      }
    >
      <Filters {...filters} />
      {page.error !== undefined && <ErrorNote error={page.error} onRetry={page.reload} />}
      <Card flush>
        {page.data?.total === 0 ? (
          <NoJobs filters={filters} />
        ) : (
          <Table
            caption="Jobs, newest first"
            columns={columns}
            rows={page.data?.jobs}
            rowKey={(job) => job.id}
            href={(job) => hrefOf(["jobs", job.id])}
            rowsExpected={pageSize}
          />
        )}
        {page.data !== undefined && page.data.total > 0 && (
          <Pager
            things="jobs"
            offset={offset}
            count={page.data.jobs.length}
            limit={pageSize}
            total={page.data.total}
            onPage={(next) => updateQuery({ offset: next === 0 ? undefined : next })}
          />
        )}
      </Card>
    </Page>
  );
}

function NoJobs({ filters }: { readonly filters: JobFilters }) {
  if (Object.values(filters).some((value) => value !== undefined)) {
    return (
      <EmptyState icon="filter" title="No job matches">
        None of the jobs that are kept is like this. Loosen a filter to see more.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="layers"
      title="No jobs yet"
      actions={
        <LinkButton kind="primary" icon="terminal" href={hrefOf(["playground"])}>
          Open the playground
        </LinkButton>
      }
    >
      A job is a piece of code with its input. Write one in the playground, or send one to{" "}
      <code>POST /api/jobs</code>; it shows up here at once.
    </EmptyState>
  );
}
