import { z } from "zod";
import { parseDurationMs } from "../stdx/duration.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import { callSummarySchema } from "./call-stats.ts";
import { instantSchema } from "./instant.ts";
import { cidSchema } from "./job.ts";
import { languages } from "./languages.ts";
import { limits } from "./limits.ts";
import { namespaceSchema } from "./namespace-schema.ts";
import { placements } from "./placement.ts";

/** Who may call a function: anybody, or whoever shows a token with `invoke` for its namespace. */
export const functionAuths = ["public", "token"] as const;
export type FunctionAuth = (typeof functionAuths)[number];

export const functionLimits = {
  timeoutSecondsDefault: 10,
  timeoutSecondsMax: 60,
  /** A request's or response's body, as bytes. */
  bodyBytesMax: 6 * 1024 * 1024,
  /** Names and values of one direction together, as UTF-8. */
  headersBytesMax: 32 * 1024,
  envEntriesMax: 64,
  envValueBytesMax: 8 * 1024,
  pathSegmentsMax: 16,
  pathBytesMax: 512,
  revisionsMax: 1000,
  /** Functions of all namespaces together. */
  functionsMax: 100_000,
  /** How long a call waits for a slot. */
  waitMs: 10_000,
  /** Calls that wait for a slot at the most, all functions together. */
  waitingMax: 10_000,
  /** A request as JSON: bodies of characters that JSON has to escape grow by up to six times. */
  requestJsonBytesMax: 12 * 1024 * 1024,
  /** Bodies of the requests that are being answered, all together. */
  heldBodiesBytesMax: 256 * 1024 * 1024,
  heldBodiesBytesPerAddressMax: 128 * 1024 * 1024,
  /** How long a deployment waits for the calls of the revision that it replaces. */
  retireMs: 2000,
} as const;

/** Bounds of what is kept of a function's logs: whichever is met first. */
export const logLimits = {
  linesMax: 10_000,
  bytesMax: 16 * 1024 * 1024,
  retentionMs: 7 * 24 * 60 * 60 * 1000,
  /** One line; what is longer is cut. */
  lineBytesMax: 8 * 1024,
  /** Lines that one call may leave; the first ones are kept. */
  linesPerCallMax: 1000,
  listLimitDefault: 100,
  listLimitMax: 1000,
} as const;

const envName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Names and values of an environment, each fault told with the name that it concerns. */
const envSchema = z.record(z.string(), z.string()).superRefine((env, context) => {
  const entries = Object.entries(env);
  const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  if (entries.length > functionLimits.envEntriesMax) {
    refuse([], `must have at most ${functionLimits.envEntriesMax} entries`);
    return;
  }
  for (const [name, value] of entries) {
    if (!envName.test(name)) {
      refuse([name], "must have a name of at most 128 letters, digits and underscores, such as API_KEY");
    } else if (!fitsUtf8(value, functionLimits.envValueBytesMax)) {
      refuse([name], `must have at most ${functionLimits.envValueBytesMax} bytes`);
    } else if (value.includes("\0")) {
      refuse([name], "must not contain NUL characters");
    }
  }
});

const common = {
  timeout_seconds: z.number().positive().max(functionLimits.timeoutSecondsMax).optional(),
  memory_mb: z.int().min(limits.memoryMbMin).max(limits.memoryMbMax).optional(),
  env: envSchema.optional(),
  placement: z.enum(placements).optional(),
  auth: z.enum(functionAuths).optional(),
};

/** What `POST /api/deploy/{namespace}/{path}` takes. `runtime` is lua when absent. */
export const deploySchema = z.discriminatedUnion("runtime", [
  z.strictObject({ runtime: z.enum(["lua", "js", "python"]).optional(), code: z.string().min(1), ...common }),
  z.strictObject({ runtime: z.literal("wasm"), wasm_cid: cidSchema, ...common }),
]);
export type DeployRequest = z.infer<typeof deploySchema>;

/** `PUT /api/deploy/{namespace}/{path}` */
export const rollbackSchema = z.strictObject({ revision: z.int().min(1) });

/** Query of `GET /api/deploy`. */
export const deployListQuerySchema = z.strictObject({
  namespace: namespaceSchema.optional(),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  offset: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
});

/** A deployed function as the API shows it. Values of `env` are never shown again, names are. */
export const deploymentViewSchema = z.object({
  user: z.string(),
  path: z.string(),
  runtime: z.enum(languages),
  /** The one that answers calls now. */
  revision: z.number(),
  url: z.string(),
  created_at: instantSchema,
  timeout_seconds: z.number(),
  memory_mb: z.number(),
  placement: z.enum(placements),
  auth: z.enum(functionAuths),
  env_names: z.array(z.string()),
});
export type DeploymentView = z.infer<typeof deploymentViewSchema>;

export const revisionViewSchema = z.object({
  revision: z.number(),
  runtime: z.enum(languages),
  created_at: instantSchema,
  /** SHA-256 of the code or the module's CID. */
  digest: z.string(),
});
export type RevisionView = z.infer<typeof revisionViewSchema>;

/** A function in a list, with how its calls went in the last hour. */
export const deploymentListItemSchema = deploymentViewSchema.extend({ last_hour: callSummarySchema });
export type DeploymentListItem = z.infer<typeof deploymentListItemSchema>;

/** A function in full, as `GET /api/deploy/{namespace}/{path}` answers it. */
export const deploymentDetailSchema = deploymentListItemSchema.extend({
  code: z.string().nullable(),
  wasm_cid: z.string().nullable(),
  /** Newest first. */
  revisions: z.array(revisionViewSchema),
});
export type DeploymentDetail = z.infer<typeof deploymentDetailSchema>;

/** One revision in full, as `GET /api/deploy/{namespace}/{path}?revision=N` answers it. */
export const revisionDetailSchema = revisionViewSchema.extend({
  /** Whether it answers calls now. */
  current: z.boolean(),
  code: z.string().nullable(),
  wasm_cid: z.string().nullable(),
  timeout_seconds: z.number(),
  memory_mb: z.number(),
  placement: z.enum(placements),
  auth: z.enum(functionAuths),
  env_names: z.array(z.string()),
});
export type RevisionDetail = z.infer<typeof revisionDetailSchema>;

/** Query of `GET /api/deploy/{namespace}/{path}`. */
export const deploymentQuerySchema = z.strictObject({
  revision: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
});

/** What `GET /api/deploy` answers. */
export const deploymentListSchema = z.object({
  deployments: z.array(deploymentListItemSchema),
  total: z.number(),
});
export type DeploymentList = z.infer<typeof deploymentListSchema>;

/** What a handler is given, as JSON. */
export interface FunctionRequest {
  method: string;
  /** The URL's path, whole. */
  path: string;
  /** What follows the path that the function is deployed at; begins with a slash, or is empty. */
  route: string;
  /** The last value of each name. */
  query: Record<string, string>;
  /** Every value of each name. */
  query_all: Record<string, string[]>;
  /** Names in lower case; several values of one name are joined as HTTP does. */
  headers: Record<string, string>;
  /** Text, or base64 when the bytes are no UTF-8. */
  body: string;
  is_base64: boolean;
}

/** What a handler must answer, as JSON; `status` is 200 and `headers` empty when absent. */
export interface FunctionResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body: string;
  is_base64: boolean;
}

export const functionLogLevels = ["info", "error", "call"] as const;
export type FunctionLogLevel = (typeof functionLogLevels)[number];

/** Query of `GET /api/logs/{namespace}/{path}`. */
export const logQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(logLimits.listLimitMax).default(logLimits.listLimitDefault),
  /** An instant, or a span of time back from now. */
  since: z
    .string()
    .refine(
      (text) => parseDurationMs(text) !== undefined || !Number.isNaN(Date.parse(text)),
      "must be an instant such as 2026-01-31T12:00:00Z, or a span of time such as 10m",
    )
    .optional(),
  level: z.enum(functionLogLevels).optional(),
  q: z.string().min(1).max(256).optional(),
  follow: z.enum(["", "0", "1", "false", "true"]).optional(),
});
export type LogQuery = z.infer<typeof logQuerySchema>;

export const logCallSchema = z.object({
  method: z.string(),
  path: z.string(),
  /** What the caller was answered; 499 when it had left. */
  status: z.number(),
  duration_ms: z.number(),
  /** Null when no volunteer ran it. */
  cold: z.boolean().nullable(),
  volunteer_id: z.string().nullable(),
});
export type LogCall = z.infer<typeof logCallSchema>;

/** A line of a function's logs as the API shows it. */
export const logLineViewSchema = z.object({
  at: instantSchema,
  /** `call` for the one line that every call leaves; `error` for stderr and for what ended a call. */
  level: z.enum(functionLogLevels),
  /** Where the function printed it; null for what it did not print. */
  stream: z.enum(["stdout", "stderr"]).nullable(),
  text: z.string(),
  /** Number of the revision that ran. */
  revision: z.number(),
  /** Of calls alone. */
  call: logCallSchema.optional(),
});
export type LogLineView = z.infer<typeof logLineViewSchema>;

/** What `GET /api/logs/{namespace}/{path}` answers. */
export const logListSchema = z.object({ lines: z.array(logLineViewSchema), count: z.number() });
