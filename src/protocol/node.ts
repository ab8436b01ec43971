import { z } from "zod";
import { instantSchema } from "./instant.ts";
import { jobStatuses } from "./job.ts";
import { languages } from "./languages.ts";

/** What `GET /health` answers. */
export const healthSchema = z.object({ status: z.literal("ok") });
export type Health = z.infer<typeof healthSchema>;

/** What `GET /health/ready` answers while it takes work. */
export const readySchema = z.object({ status: z.literal("ready") });
export type Ready = z.infer<typeof readySchema>;

/** What `GET /info` answers. */
export const infoSchema = z.object({
  name: z.literal("zerverless"),
  node_id: z.string(),
  version: z.string(),
  started_at: instantSchema,
  uptime_seconds: z.number(),
  job_types: z.array(z.enum(languages)),
  /** Where functions and static files are, if they have a host of their own. */
  content_host: z.string().nullable(),
  limits: z.object({
    code_bytes: z.number(),
    input_bytes: z.number(),
    result_bytes: z.number(),
    output_bytes: z.number(),
    wasm_bytes: z.number(),
    body_bytes: z.number(),
    jobs_per_submission: z.number(),
    timeout_seconds: z.number(),
    memory_mb: z.number(),
    wait_seconds: z.number(),
  }),
});
export type Info = z.infer<typeof infoSchema>;

/** What `GET /stats` answers. */
export const statsSchema = z.object({
  volunteers: z.object({ connected: z.number(), slots: z.number(), busy_slots: z.number() }),
  jobs: z.record(z.enum(jobStatuses), z.number()),
  queue: z.object({
    depth: z.number(),
    max: z.number(),
    by_language: z.record(z.enum(languages), z.number()),
    /** The namespaces with the most waiting jobs. */
    by_namespace: z.record(z.string(), z.number()),
  }),
});
export type Stats = z.infer<typeof statsSchema>;

/** What `POST /api/wasm` answers. */
export const moduleStoredSchema = z.object({ cid: z.string(), size: z.number() });
export type ModuleStored = z.infer<typeof moduleStoredSchema>;

/** What `GET /api/webhooks/{namespace}` answers. */
export const webhookSecretSchema = z.object({ namespace: z.string(), secret: z.string() });
export type WebhookSecret = z.infer<typeof webhookSecretSchema>;
