import type { JobDetail } from "../../../../src/client/index.ts";
import { formatBytes, formatMs, shortId } from "../../../../src/stdx/format.ts";
import { LanguageTag } from "../../../shared/badge.tsx";
import { Card, KeyValues } from "../../../shared/card.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { hrefOf } from "../../router/router.ts";

const kinds = {
  native: "a worker",
  browser: "a browser's tab",
  internal: "a worker inside the orchestrator",
  other: "a volunteer of another kind",
} as const;

/** Everything else there is to know about a job. */
export function JobFacts({ job }: { readonly job: JobDetail }) {
  const { stats } = job;
  return (
    <Card title="About">
      <KeyValues
        entries={[
          [
            "Id",
            <span key="id" class="job__id">
              <span class="mono">{job.id}</span>
              <CopyButton text={job.id} />
            </span>,
          ],
          ["Language", <LanguageTag key="language" language={job.job_type} />],
          [
            "Namespace",
            <a key="namespace" href={hrefOf(["jobs"], { namespace: job.namespace })}>
              {job.namespace}
            </a>,
          ],
          ["Submitted", <RelativeTime key="submitted" at={job.created_at} />],
          ["Started", job.started_at && <RelativeTime at={job.started_at} />],
          ["Ended", job.completed_at && <RelativeTime at={job.completed_at} />],
          ["Runs on", job.volunteer && <RunsOn volunteer={job.volunteer} />],
          ["CPU time", stats?.cpu_ms === undefined ? null : formatMs(stats.cpu_ms)],
          ["Memory", stats?.peak_memory_bytes === undefined ? null : formatBytes(stats.peak_memory_bytes)],
          ["Tries", job.attempts > 1 ? `${job.attempts}, as volunteers were lost` : null],
          ["Limits", `${formatMs(job.timeout_seconds * 1000)}, ${job.memory_mb} MB`],
          ["Priority", job.priority === 0 ? null : `${job.priority}`],
        ]}
      />
    </Card>
  );
}

function RunsOn({ volunteer }: { readonly volunteer: NonNullable<JobDetail["volunteer"]> }) {
  const { id, agent, kind, connected } = volunteer;
  return (
    <>
      {connected ? (
        <a href={hrefOf(["volunteers"])} class="mono" title={agent ?? undefined}>
          {shortId(id)}
        </a>
      ) : (
        <span class="mono">{shortId(id)}</span>
      )}
      <span class="muted">
        {kind !== null && `, ${kinds[kind]}`}
        {!connected && ", gone since"}
      </span>
    </>
  );
}
