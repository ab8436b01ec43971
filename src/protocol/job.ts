import { z } from "zod";
import { fitsUtf8 } from "../stdx/utf8.ts";
import { boundedArray } from "./bounded-array.ts";
import type { JobErrorCode } from "./errors.ts";
import { instantSchema } from "./instant.ts";
import { parsedJson } from "./json.ts";
import { languages } from "./languages.ts";
import { limits } from "./limits.ts";
import { namespaceSchema } from "./namespace-schema.ts";
import { placements } from "./placement.ts";
import { volunteerKinds } from "./volunteer-kinds.ts";

export const jobStatuses = ["pending", "running", "completed", "failed", "cancelled"] as const;
export type JobStatus = (typeof jobStatuses)[number];

/** Where the end of a job is to be told. */
const callbackUrlSchema = z
  .string()
  .refine(
    (text) => fitsUtf8(text, limits.callbackUrlBytesMax),
    `must have at most ${limits.callbackUrlBytesMax} bytes`,
  )
  .refine(isWebAddress, "must be a URL such as https://example.com/hook, without a user name or password");

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}

const jobSpecFields = {
  namespace: namespaceSchema.optional(),
  input_data: parsedJson.optional(),
  timeout_seconds: z.number().positive().max(limits.timeoutSecondsMax).optional(),
  memory_mb: z.int().min(limits.memoryMbMin).max(limits.memoryMbMax).optional(),
  priority: z.int().min(0).max(limits.priorityMax).optional(),
  max_retries: z.int().min(0).max(limits.retriesMax).optional(),
  placement: z.enum(placements).optional(),
  callback_url: callbackUrlSchema.optional(),
};

export const cidSchema = z
  .string()
  .regex(/^b[a-z2-7]{58}$/, "must be a CIDv1 in base32, as POST /api/wasm answers it");

/** One job as a client submits it. Unknown fields are refused. */
export const jobSubmissionSchema = z.discriminatedUnion("job_type", [
  z.strictObject({ job_type: z.enum(["python", "lua", "js"]), code: z.string().min(1), ...jobSpecFields }),
  z.strictObject({ job_type: z.literal("wasm"), wasm_cid: cidSchema, ...jobSpecFields }),
]);
export type JobSubmission = z.infer<typeof jobSubmissionSchema>;

/** What a finished run cost, as far as the volunteer measured it. */
export const jobStatsSchema = z.object({
  wall_ms: z.number().min(0).optional(),
  cpu_ms: z.number().min(0).optional(),
  peak_memory_bytes: z.number().min(0).optional(),
});
export type JobStats = z.infer<typeof jobStatsSchema>;

/** A job as the API shows it. Absent things are null. */
export const jobViewSchema = z.object({
  id: z.string(),
  job_type: z.enum(languages),
  status: z.enum(jobStatuses),
  namespace: z.string(),
  wasm_cid: z.string().nullable(),
  timeout_seconds: z.number(),
  memory_mb: z.number(),
  priority: z.number(),
  max_retries: z.number(),
  placement: z.enum(placements),
  /** How often the job was handed to a volunteer that was then lost, plus the present run. */
  attempts: z.number(),
  volunteer_id: z.string().nullable(),
  error: z.string().nullable(),
  error_code: z.custom<JobErrorCode>((code) => typeof code === "string").nullable(),
  stats: jobStatsSchema.nullable(),
  created_at: instantSchema,
  started_at: instantSchema.nullable(),
  completed_at: instantSchema.nullable(),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** Why a job does not run yet. */
export const waitReasons = [
  "no_volunteer",
  "no_language",
  "no_trust",
  "no_database",
  "no_memory",
  "no_namespace",
  "resting",
  "busy",
  "dispatched",
  "retry_pause",
  "disk",
  "being_stored",
  "stopping",
] as const;
export type WaitReason = (typeof waitReasons)[number];

export const waitingForSchema = z.object({
  reason: z.enum(waitReasons),
  /** The reason in words. */
  message: z.string(),
  /** How many jobs of its namespace go before it; null where it is not in the queue, or the queue is too long to count. */
  ahead: z.number().nullable(),
});
export type WaitingFor = z.infer<typeof waitingForSchema>;

/** When a job reached which phase of its last run, and how long each took, as far as this orchestrator saw it. */
export const jobTimingsSchema = z.object({
  /** When it was sent to its volunteer; null where that is not known (any more). */
  dispatched_at: instantSchema.nullable(),
  /** From submission to its turn; up to now while it waits. */
  queue_ms: z.number(),
  /** From being sent to its turn there: short jobs are sent ahead. */
  dispatch_ms: z.number().nullable(),
  /** From its turn to its end; up to now while it runs. */
  run_ms: z.number().nullable(),
  /** From submission to its end, or to now. */
  total_ms: z.number(),
});
export type JobTimings = z.infer<typeof jobTimingsSchema>;

/** Who runs a job, or ran it last. `agent` and `kind` are null for one that left long ago. */
export const jobVolunteerSchema = z.object({
  id: z.string(),
  agent: z.string().nullable(),
  kind: z.enum(volunteerKinds).nullable(),
  connected: z.boolean(),
});
export type JobVolunteer = z.infer<typeof jobVolunteerSchema>;

/** A job in full, as `GET /api/jobs/{id}` answers it. */
export const jobDetailSchema = jobViewSchema.extend({
  code: z.string().nullable(),
  input_data: parsedJson,
  result: parsedJson,
  stdout: z.string(),
  stderr: z.string(),
  timings: jobTimingsSchema,
  volunteer: jobVolunteerSchema.nullable(),
  /** Null unless it is pending. */
  waiting_for: waitingForSchema.nullable(),
});
export type JobDetail = z.infer<typeof jobDetailSchema>;

/** A job in a list: the result rides along when it is small, the rest of the bulk never does. */
export const jobListItemSchema = jobViewSchema.extend({
  result: parsedJson,
  /** True when the result exists but is too large for a list; `GET /api/jobs/{id}` has it. */
  result_omitted: z.boolean(),
});
export type JobListItem = z.infer<typeof jobListItemSchema>;

/** What `GET /api/jobs` answers. */
export const jobListSchema = z.object({
  jobs: z.array(jobListItemSchema),
  total: z.number(),
  limit: z.number(),
  offset: z.number(),
});
export type JobList = z.infer<typeof jobListSchema>;

/** What `POST /api/jobs` answers to an array. */
export const jobsSubmittedSchema = z.object({ jobs: z.array(jobViewSchema) });

export const jobListQuerySchema = z.strictObject({
  status: z.enum(jobStatuses).optional(),
  namespace: namespaceSchema.optional(),
  job_type: z.enum(languages).optional(),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** `?wait=SECONDS` */
export const waitQuerySchema = z.strictObject({
  wait: z.coerce.number().min(0).max(limits.waitSecondsMax).optional(),
});

/** The body of `POST /api/jobs`: one job, or many that are accepted or refused together. */
export const jobSubmissionsSchema = z.union([
  jobSubmissionSchema,
  boundedArray(jobSubmissionSchema, 1, limits.jobsPerSubmissionMax),
]);
export type JobListQuery = z.output<typeof jobListQuerySchema>;

/** The events of `/api/events` and `/api/jobs/{id}/events`: the data of each, by the event's name. */
export const jobEventSchemas = {
  /** The job without its bulk, at each change of status. */
  job: jobViewSchema,
  /** Output as it is written. */
  log: z.object({ job_id: z.string(), stream: z.enum(["stdout", "stderr"]), text: z.string() }),
  /** The reader was too slow: so many events were let go, and the stream ends. */
  lagged: z.object({ missed: z.number() }),
} as const;
export type JobLogView = z.infer<typeof jobEventSchemas.log>;
