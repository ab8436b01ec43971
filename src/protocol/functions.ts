import { z } from "zod";
import { cidSchema } from "./job.ts";
import { type Language, languages } from "./languages.ts";
import { limits } from "./limits.ts";

/** Which volunteers may run a function: anyone's, those that are trusted, or those inside the orchestrator alone. */
export const placements = ["any", "trusted", "internal"] as const;
export type Placement = (typeof placements)[number];

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
  /** How long a call waits for a slot. */
  waitMs: 10_000,
  /** Calls that wait for a slot at the most, all functions together. */
  waitingMax: 10_000,
} as const;

const common = {
  timeout_seconds: z.number().positive().max(functionLimits.timeoutSecondsMax).optional(),
  memory_mb: z.int().min(limits.memoryMbMin).max(limits.memoryMbMax).optional(),
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be a name such as API_KEY"), z.string())
    .refine((env) => Object.keys(env).length <= functionLimits.envEntriesMax, "has too many entries")
    .optional(),
  placement: z.enum(placements).optional(),
};

/** What `POST /api/deploy/{namespace}/{path}` takes. `runtime` is lua when absent. */
export const deploySchema = z.union([
  z.strictObject({ runtime: z.literal("wasm"), wasm_cid: cidSchema, ...common }),
  z.strictObject({
    runtime: z.enum(["lua", "js", "python"]).default("lua"),
    code: z.string().min(1),
    ...common,
  }),
]);
export type DeployRequest = z.infer<typeof deploySchema>;

/** `PUT /api/deploy/{namespace}/{path}` */
export const rollbackSchema = z.strictObject({ revision: z.int().min(1) });

export const runtimeSchema = z.enum(languages);

/** A deployed function as the API shows it. Values of `env` are never shown again, names are. */
export interface DeploymentView {
  user: string;
  path: string;
  runtime: Language;
  /** The one that answers calls now. */
  revision: number;
  url: string;
  created_at: string;
  timeout_seconds: number;
  memory_mb: number;
  placement: Placement;
  env_names: string[];
}

export interface RevisionView {
  revision: number;
  runtime: Language;
  created_at: string;
  /** SHA-256 of the code or the module's CID. */
  digest: string;
}

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
