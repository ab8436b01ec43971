import { z } from "zod";
import type { Cid, JobId } from "../stdx/ids.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import { boundedArray } from "./bounded-array.ts";
import type { JobErrorCode } from "./errors.ts";
import { type Json, parsedJson } from "./json.ts";
import { type Language, languages } from "./languages.ts";
import { limits } from "./limits.ts";
import { namespaceSchema } from "./names.ts";

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

/** A job as the API shows it. Instants are ISO 8601 in UTC; absent things are null. */
export interface JobView {
  id: JobId;
  job_type: Language;
  status: JobStatus;
  namespace: string;
  wasm_cid: Cid | null;
  timeout_seconds: number;
  memory_mb: number;
  priority: number;
  max_retries: number;
  /** How often the job was handed to a volunteer that was then lost, plus the present run. */
  attempts: number;
  volunteer_id: string | null;
  error: string | null;
  error_code: JobErrorCode | null;
  stats: JobStats | null;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
}

/** A job in full, as `GET /api/jobs/{id}` answers it. */
export interface JobDetail extends JobView {
  code: string | null;
  input_data: Json;
  result: Json;
  stdout: string;
  stderr: string;
}

/** A job in a list: the result rides along when it is small, the rest of the bulk never does. */
export interface JobListItem extends JobView {
  result: Json;
  /** True when the result exists but is too large for a list; `GET /api/jobs/{id}` has it. */
  result_omitted: boolean;
}

export const jobListQuerySchema = z.strictObject({
  status: z.enum(jobStatuses).optional(),
  namespace: namespaceSchema.optional(),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** `?wait=SECONDS` */
export const waitQuerySchema = z.strictObject({
  wait: z.coerce.number().min(0).max(limits.waitSecondsMax).optional(),
});

export const jobTypeSchema = z.enum(languages);

/** The body of `POST /api/jobs`: one job, or many that are accepted or refused together. */
export const jobSubmissionsSchema = z.union([
  jobSubmissionSchema,
  boundedArray(jobSubmissionSchema, 1, limits.jobsPerSubmissionMax),
]);
