import { z } from "zod";
import { boundedArray } from "./bounded-array.ts";
import { jobStatsSchema } from "./job.ts";
import { parsedJson } from "./json.ts";
import { languages } from "./languages.ts";
import { limits } from "./limits.ts";
import { namespaceSchema } from "./namespace-schema.ts";

/*
 * The messages of `/ws/volunteer`. The first four of each direction are the reference protocol; a volunteer that
 * knows only those has one slot and sends `ready` again after each job. Everything else is ours and optional.
 * See docs/PROTOCOL.md.
 */

const jobId = z.string().min(1).max(64);
const lease = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const slot = z
  .int()
  .min(0)
  .max(limits.slotsMax - 1);
const text = z.string();

export const capabilitiesSchema = z.object({
  wasm: z.boolean().default(false),
  python: z.boolean().default(false),
  lua: z.boolean().default(false),
  js: z.boolean().default(false),
  /** Whether guests can ask the database, which they do while they run. When absent they can. */
  db: z.boolean().optional(),
  max_memory_mb: z.number().positive().max(1_048_576).default(limits.memoryMbDefault),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

/** How well a volunteer seals its cells, best first. */
export const isolationSchema = z.enum(["bubblewrap", "process", "browser", "unknown"]);
export type Isolation = z.infer<typeof isolationSchema>;

export const readySchema = z.object({
  type: z.literal("ready"),
  capabilities: capabilitiesSchema,
  slots: z.int().min(1).max(limits.slotsMax).optional(),
  namespaces: boundedArray(namespaceSchema, 0, limits.namespacesPerVolunteerMax).optional(),
  isolation: isolationSchema.optional(),
  agent: z.string().max(200).optional(),
  /** The volunteer knows slots, leases and prefetch, returns jobs, and takes arrays of messages in one frame. */
  lanes: z.literal(true).optional(),
  /** How much of the time each slot is busy at most: jobs take that much longer here. */
  share: z.number().min(limits.shareMin).max(1).optional(),
  /** The slots that rest, see `rest`. */
  resting: boundedArray(slot, 0, limits.slotsMax).optional(),
});

export const resultSchema = z.object({
  type: z.literal("result"),
  job_id: jobId,
  lease: lease.optional(),
  result: parsedJson.optional(),
  stdout: text.optional(),
  stderr: text.optional(),
  stats: jobStatsSchema.optional(),
});

export const errorSchema = z.object({
  type: z.literal("error"),
  job_id: jobId,
  lease: lease.optional(),
  error: text,
  code: z.string().max(64).optional(),
  stdout: text.optional(),
  stderr: text.optional(),
  stats: jobStatsSchema.optional(),
});

const heartbeatSchema = z.object({ type: z.literal("heartbeat") });

export const logSchema = z.object({
  type: z.literal("log"),
  job_id: jobId,
  lease,
  stream: z.enum(["stdout", "stderr"]),
  text,
});

/** The job was not started here; run it elsewhere. Costs the job no retry. */
export const returnSchema = z.object({ type: z.literal("return"), job_id: jobId, lease });

/** From a volunteer: it takes no new work and leaves when its jobs are done. From the orchestrator: it is stopping. */
const drainSchema = z.object({ type: z.literal("drain") });

/** The slot takes no work until `wake`: to keep to its share, or since its volunteer paused. What it runs, it goes on with. */
const restSchema = z.object({ type: z.literal("rest"), slot });

const wakeSchema = z.object({ type: z.literal("wake"), slot });

const functionId = z.string().min(1).max(64);

/** A function's answer to one call. A call goes by `job_id` like a job: `error`, `return` and `cancel` serve both. */
export const responseSchema = z.object({
  type: z.literal("response"),
  job_id: jobId,
  lease,
  /** The handler's value as JSON text; absent when it returned nothing. */
  response_json: text.optional(),
  stdout: text.optional(),
  stderr: text.optional(),
  stats: jobStatsSchema.optional(),
  /** The code had to be loaded for this call. */
  cold: z.boolean().optional(),
});

/** A guest asks the orchestrator, see `protocol/host-calls.ts`; `host_result` answers. */
export const hostSchema = z.object({
  type: z.literal("host"),
  /** Chosen by the volunteer; comes back with the answer. */
  call_id: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** The job or call whose guest asks. */
  job_id: jobId,
  lease,
  op: z.string().max(64),
  args_json: text,
});
export type HostMessage = z.infer<typeof hostSchema>;

export const volunteerMessageSchema = z.discriminatedUnion("type", [
  readySchema,
  resultSchema,
  errorSchema,
  heartbeatSchema,
  logSchema,
  returnSchema,
  drainSchema,
  restSchema,
  wakeSchema,
  responseSchema,
  hostSchema,
]);
export type VolunteerMessage = z.infer<typeof volunteerMessageSchema>;
export type ReadyMessage = z.infer<typeof readySchema>;
export type ResponseMessage = z.infer<typeof responseSchema>;
export type ResultMessage = z.infer<typeof resultSchema>;
export type ErrorMessage = z.infer<typeof errorSchema>;

const jobMessageSchema = z.object({
  type: z.literal("job"),
  job_id: jobId,
  job_type: z.enum(languages),
  code: text.optional(),
  wasm_cid: text.optional(),
  /** Where to fetch the module: a path on the orchestrator's HTTP address. */
  wasm_url: text.optional(),
  input_data: parsedJson,
  timeout_seconds: z.number().positive(),
  // Ours from here.
  lease,
  /** Which of the volunteer's slots is to run it, from 0; jobs of one slot run in the order sent. */
  slot,
  namespace: namespaceSchema,
  memory_mb: z.number().positive(),
});
export type JobMessage = z.infer<typeof jobMessageSchema>;

/**
 * A function's code, sent once before the first call of it. Both ends keep the `functionsKept` used last, by the order of
 * the messages, so that the orchestrator knows which ones a volunteer still has.
 */
const functionMessageSchema = z.object({
  type: z.literal("function"),
  function_id: functionId,
  namespace: namespaceSchema,
  runtime: z.enum(languages),
  code: text.optional(),
  wasm_cid: text.optional(),
  wasm_url: text.optional(),
  env: z.record(z.string(), text),
  memory_mb: z.number().positive(),
});
export type FunctionMessage = z.infer<typeof functionMessageSchema>;

/** See `FunctionMessage`. */
export const functionsKept = 64;

/** How many functions a slot keeps warm: those called last, by the order of the calls. */
export const instancesKept = 4;

const invokeMessageSchema = z.object({
  type: z.literal("invoke"),
  job_id: jobId,
  lease,
  slot,
  function_id: functionId,
  /** A `FunctionRequest` as JSON text. */
  request_json: text,
  timeout_seconds: z.number().positive(),
});
export type InvokeMessage = z.infer<typeof invokeMessageSchema>;

const hostResultSchema = z.object({
  type: z.literal("host_result"),
  call_id: z.int().min(0),
  /** A `HostAnswer` as JSON text. */
  answer_json: text,
});
export type HostResultMessage = z.infer<typeof hostResultSchema>;

/** What a worker checks of the messages it gets: enough to act on, loose about what newer orchestrators add. */
export const orchestratorMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("ack"),
    volunteer_id: text,
    message: text,
    heartbeat_interval_ms: z.number().positive().optional(),
  }),
  jobMessageSchema,
  z.object({ type: z.literal("cancel"), job_id: jobId, lease: lease.optional() }),
  heartbeatSchema,
  drainSchema,
  functionMessageSchema,
  invokeMessageSchema,
  hostResultSchema,
  /** The function gets no calls any more. */
  z.object({ type: z.literal("forget"), function_id: functionId }),
]);
export type OrchestratorMessage = z.infer<typeof orchestratorMessageSchema>;

/** WebSocket close codes (RFC 6455, private range) of the volunteer door. */
export const closeCodes = {
  goingAway: 1001,
  /** A frame that is no message of the protocol. */
  malformed: 4400,
  /** The token that was shown at the door is no longer in force. */
  unauthorized: 4401,
  /** A message about a job that is not leased to this volunteer at all. */
  notYours: 4403,
  /** Nothing was heard for VOLUNTEER_TIMEOUT. */
  silent: 4408,
  /** More messages or bytes than the door lets through. */
  flooding: 4429,
} as const;
