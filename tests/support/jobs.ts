import assert from "node:assert/strict";
import type { JobDetail, JobSubmission } from "../../src/protocol/job.ts";
import type { Api } from "./api.ts";

const waitSeconds = 60;

/** Submits a job and returns it as it was accepted. */
export async function submitJob(api: Api, job: JobSubmission): Promise<JobDetail> {
  const answer = await api.post("/api/jobs", job);
  assert.equal(answer.status, 201, answer.text);
  return answer.json() as JobDetail;
}

/** Submits a job and returns it once it has ended. */
export async function runJob(api: Api, job: JobSubmission): Promise<JobDetail> {
  const answer = await api.post(`/api/jobs?wait=${waitSeconds}`, job);
  assert.equal(answer.status, 201, answer.text);
  return await ended(api, answer.json() as JobDetail);
}

/** The job once it has ended, however long it takes. */
export async function ended(api: Api, job: { readonly id: string }): Promise<JobDetail> {
  for (;;) {
    const answer = await api.get(`/api/jobs/${job.id}?wait=${waitSeconds}`);
    assert.equal(answer.status, 200, answer.text);
    const detail = answer.json() as JobDetail;
    if (detail.completed_at !== null) return detail;
  }
}
