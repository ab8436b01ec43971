import { z } from "zod";
import { instantSchema } from "./instant.ts";
import { languages } from "./languages.ts";
import { capabilitiesSchema, isolationSchema } from "./volunteer.ts";
import { volunteerKinds } from "./volunteer-kinds.ts";

/** What one of its slots runs. */
export const volunteerDoingSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("job"),
    job_id: z.string(),
    job_type: z.enum(languages),
    namespace: z.string(),
  }),
  z.object({ type: z.literal("function"), namespace: z.string(), path: z.string() }),
]);
export type VolunteerDoing = z.infer<typeof volunteerDoingSchema>;

/** A volunteer as `GET /api/volunteers` shows it; `namespaces` is null for "all". */
export const volunteerViewSchema = z.object({
  id: z.string(),
  kind: z.enum(volunteerKinds),
  origin: z.enum(["internal", "remote"]),
  /** Whether it runs work whose placement is not `any`. */
  trusted: z.boolean(),
  address: z.string(),
  agent: z.string(),
  isolation: isolationSchema,
  capabilities: capabilitiesSchema,
  slots: z.number(),
  busy_slots: z.number(),
  /** Those that take no work for now: paused, or keeping to their share. */
  resting_slots: z.number(),
  /** How much of the time each slot is busy at most, from 0 to 1. */
  share: z.number(),
  namespaces: z.array(z.string()).nullable(),
  jobs_completed: z.number(),
  jobs_failed: z.number(),
  calls_completed: z.number(),
  calls_failed: z.number(),
  /** How long its slots have worked since it came, in milliseconds. */
  busy_ms: z.record(z.enum(languages), z.number()),
  /** The jobs at their turn. */
  running: z.array(z.string()),
  /** The same jobs, and the functions that its other busy slots are called for. */
  doing: z.array(volunteerDoingSchema),
  connected_at: instantSchema,
  last_seen_at: instantSchema,
  draining: z.boolean(),
});
export type VolunteerView = z.infer<typeof volunteerViewSchema>;

/** What `GET /api/volunteers` answers; those who came first come first. */
export const volunteerListSchema = z.object({ volunteers: z.array(volunteerViewSchema), total: z.number() });
export type VolunteerList = z.infer<typeof volunteerListSchema>;
