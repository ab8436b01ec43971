import { z } from "zod";
import { instantSchema } from "./instant.ts";
import { percentilesSchema } from "./overview.ts";

const counts = z.array(z.number());
/** Milliseconds; null where there was no call. */
const times = z.array(z.number().nullable());

/** Periods as columns of one length, the oldest first: when each began (seconds since the Unix epoch), and its calls. */
export const callColumnsSchema = z.object({
  at: counts,
  calls: counts,
  /** Those that were answered with 500 or above. */
  errors: counts,
  p50_ms: times,
  p95_ms: times,
  p99_ms: times,
});
export type CallColumns = z.infer<typeof callColumnsSchema>;

/** How a function's calls went in the last hour, in short. */
export const callSummarySchema = z.object({
  calls: z.number(),
  errors: z.number(),
  latency: percentilesSchema,
  last_called_at: instantSchema.nullable(),
});
export type CallSummary = z.infer<typeof callSummarySchema>;

/** What `GET /api/calls/{namespace}/{path}` answers. */
export const callStatsSchema = z.object({
  namespace: z.string(),
  path: z.string(),
  /** Calls before this are not counted. */
  since: instantSchema,
  last_hour: callSummarySchema,
  last_day: z.object({ calls: z.number(), errors: z.number() }),
  /** The last hour, minute by minute. */
  minutes: callColumnsSchema,
  /** The last day, hour by hour. */
  hours: callColumnsSchema,
});
export type CallStatsView = z.infer<typeof callStatsSchema>;
