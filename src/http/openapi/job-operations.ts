import { z } from "zod";
import { jobDetailSchema, jobListSchema, jobsSubmittedSchema, jobViewSchema } from "../../protocol/job.ts";
import { webhookSecretSchema } from "../../protocol/node.ts";
import { eventStream, idempotencyKey, nothing, type Operations } from "./operation.ts";

/** What a submission answers: one job, in full where it was waited for, or many. */
const submittedSchema = z.union([jobDetailSchema, jobViewSchema, jobsSubmittedSchema]);

export const jobOperations: Operations = {
  "POST /api/jobs": {
    tag: "Jobs",
    summary: "Submit a job, or up to 1,000",
    says: "Answered once everything is on disk. With `wait`, which goes with one job alone, it answers when the job has ended or the time is up.",
    headers: idempotencyKey,
    answers: {
      201: {
        says: "The job, or `{jobs}` in the order of the array",
        schema: submittedSchema,
        headers: { Location: "Where one job is", "Idempotency-Replayed": "`true` when it was made before" },
      },
    },
    codes: ["wasm_not_found", "idempotency_conflict", "too_many_jobs", "queue_full", "storage_unavailable"],
  },
  "GET /api/jobs": {
    tag: "Jobs",
    summary: "List jobs, the newest first",
    answers: { 200: { says: "A page of jobs", schema: jobListSchema } },
  },
  "GET /api/jobs/:id": {
    tag: "Jobs",
    summary: "Show a job in full",
    says: "With `wait` it answers when the job has ended, or the time is up.",
    answers: { 200: { says: "The job", schema: jobDetailSchema } },
    codes: ["job_not_found"],
  },
  "DELETE /api/jobs/:id": {
    tag: "Jobs",
    summary: "Cancel a job",
    answers: { 204: nothing },
    codes: ["job_not_found", "job_ended", "storage_unavailable"],
  },
  "POST /api/jobs/:id/rerun": {
    tag: "Jobs",
    summary: "Run a job again",
    says: "A new job with the same code and input.",
    headers: idempotencyKey,
    answers: {
      201: {
        says: "The new job",
        schema: jobViewSchema,
        headers: { Location: "Where it is", "Idempotency-Replayed": "`true` when it was made before" },
      },
    },
    codes: [
      "job_not_found",
      "wasm_not_found",
      "idempotency_conflict",
      "too_many_jobs",
      "queue_full",
      "storage_unavailable",
    ],
  },
  "GET /api/jobs/:id/events": {
    tag: "Jobs",
    summary: "Follow one job from its beginning to its end",
    says: "Events `job`, `log` and `lagged`. The last one has the id `end`.",
    headers: { "Last-Event-ID": "The last event that was seen" },
    answers: { 200: eventStream, 204: { says: "The job has ended, and its last event was seen" } },
    codes: ["job_not_found", "too_many_streams"],
  },
  "GET /api/events": {
    tag: "Jobs",
    summary: "Follow all jobs from now on",
    says: "Events `job`, `log` and `lagged`.",
    answers: { 200: eventStream },
    codes: ["too_many_streams"],
  },
  "GET /api/webhooks/:namespace": {
    tag: "Jobs",
    summary: "Show what webhooks are signed with",
    answers: { 200: { says: "The secret of this namespace's webhooks", schema: webhookSecretSchema } },
  },
};
