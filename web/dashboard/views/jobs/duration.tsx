import type { JobView } from "../../../../src/client/index.ts";
import { formatMs } from "../../../../src/stdx/format.ts";
import { useNow } from "../../../shared/relative-time.tsx";

/** How long a job ran, or has been running. */
export function Duration({ job }: { readonly job: JobView }) {
  if (job.started_at === null) return <span class="faint">–</span>;
  if (job.completed_at === null) return <Running since={Date.parse(job.started_at)} />;
  const spanMs = Date.parse(job.completed_at) - Date.parse(job.started_at);
  return <span class="nowrap">{formatMs(job.stats?.wall_ms ?? spanMs)}</span>;
}

function Running({ since }: { readonly since: number }) {
  return <span class="nowrap">{formatMs(Math.max(0, Math.round((useNow() - since) / 1000) * 1000))}</span>;
}
