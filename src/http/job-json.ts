import type { JobWhole } from "../jobs/service.ts";
import type { JobListPage } from "../jobs/store.ts";
import { jobView } from "../jobs/view.ts";

/*
 * Bulk is kept as JSON text, so it is pasted into answers as it is: parsing and writing megabytes again would block
 * everyone else.
 */

/** A `JobDetail` as JSON text. */
export function jobDetailJson(job: JobWhole): string {
  const { payload, output, timings, volunteer, waitingFor } = job;
  return extend(JSON.stringify(jobView(job)), {
    code: JSON.stringify(payload.code ?? null),
    input_data: payload.inputJson,
    result: output?.resultJson ?? "null",
    stdout: JSON.stringify(output?.stdout ?? ""),
    stderr: JSON.stringify(output?.stderr ?? ""),
    timings: JSON.stringify(timings),
    volunteer: JSON.stringify(volunteer ?? null),
    waiting_for: JSON.stringify(waitingFor ?? null),
  });
}

/** The answer to a list as JSON text: `{jobs, total, limit, offset}`. */
export function jobListJson({ jobs, total }: JobListPage, limit: number, offset: number): string {
  const items = jobs.map((job) =>
    extend(JSON.stringify(jobView(job)), {
      result: job.resultJson ?? "null",
      result_omitted: JSON.stringify(job.resultOmitted),
    }),
  );
  return `{"jobs":[${items.join(",")}],"total":${total},"limit":${limit},"offset":${offset}}`;
}

/** Adds members, given as JSON texts, to the text of an object that has some. */
function extend(object: string, members: Readonly<Record<string, string>>): string {
  const added = Object.entries(members).map(([key, json]) => `,"${key}":${json}`);
  return `${object.slice(0, -1)}${added.join("")}}`;
}
