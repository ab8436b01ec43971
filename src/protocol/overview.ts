import { z } from "zod";
import { instantSchema } from "./instant.ts";
import { languages } from "./languages.ts";
import { volunteerKinds } from "./volunteer-kinds.ts";

export const overviewLimits = {
  /** How far back the series go at most. */
  minutesMax: 10,
  minutesDefault: 5,
  /** Namespaces that are shown by name. */
  namespacesMax: 10,
  /** Over how long the latencies of "now" are taken. */
  latencySeconds: 30,
} as const;

const count = z.number();
/** Milliseconds; null when there was nothing to measure. */
const milliseconds = z.number().nullable();

/** One second. Rates are counts within it, the others how things stood at its end. */
export const overviewPointSchema = z.object({
  /** The second's end, in seconds since the Unix epoch. */
  at: z.number(),
  jobs_accepted: count,
  jobs_completed: count,
  jobs_failed: count,
  jobs_cancelled: count,
  /** Calls of functions that were answered well, and those that were not (500 and above). */
  calls_ok: count,
  calls_failed: count,
  jobs_waiting: count,
  slots: count,
  slots_busy: count,
  /** From submission to end, of the jobs that ended in the last half minute. */
  job_p50_ms: milliseconds,
  job_p95_ms: milliseconds,
  /** From submission to a job's turn. */
  wait_p50_ms: milliseconds,
  wait_p95_ms: milliseconds,
  call_p50_ms: milliseconds,
  call_p95_ms: milliseconds,
});
export type OverviewPoint = z.infer<typeof overviewPointSchema>;

/** Points as columns, the oldest first: all of one length. */
const column = z.array(z.number());
const columnWithGaps = z.array(milliseconds);
export const overviewSeriesSchema = z.object({
  at: column,
  jobs_accepted: column,
  jobs_completed: column,
  jobs_failed: column,
  jobs_cancelled: column,
  calls_ok: column,
  calls_failed: column,
  jobs_waiting: column,
  slots: column,
  slots_busy: column,
  job_p50_ms: columnWithGaps,
  job_p95_ms: columnWithGaps,
  wait_p50_ms: columnWithGaps,
  wait_p95_ms: columnWithGaps,
  call_p50_ms: columnWithGaps,
  call_p95_ms: columnWithGaps,
});
export type OverviewSeries = z.infer<typeof overviewSeriesSchema>;

/** Milliseconds within which so many of the latest were over; null when there were none. */
export const percentilesSchema = z
  .object({ p50_ms: z.number(), p95_ms: z.number(), p99_ms: z.number(), count })
  .nullable();
export type Percentiles = z.infer<typeof percentilesSchema>;

/** How things stand now: the data of each `tick` of `GET /api/overview/events`. */
export const overviewTickSchema = z.object({
  at: instantSchema,
  /** The last whole second. */
  point: overviewPointSchema,
  queue: z.object({
    waiting: count,
    max: count,
    by_language: z.record(z.enum(languages), count),
    /** The namespaces with the most waiting jobs, the longest queue first. */
    by_namespace: z.array(z.object({ namespace: z.string(), waiting: count })),
    /** Jobs that wait in namespaces that are not named. */
    other_namespaces: count,
  }),
  jobs_running: count,
  slots: z.object({ total: count, busy: count }),
  volunteers: z.object({ total: count, by_kind: z.record(z.enum(volunteerKinds), count) }),
  latency: z.object({ job: percentilesSchema, wait: percentilesSchema, call: percentilesSchema }),
});
export type OverviewTick = z.infer<typeof overviewTickSchema>;

/** What `GET /api/overview` answers, and the first event, `overview`, of its stream. */
export const overviewSchema = overviewTickSchema.extend({ series: overviewSeriesSchema });
export type Overview = z.infer<typeof overviewSchema>;

/** `?minutes=` */
export const overviewQuerySchema = z.strictObject({
  minutes: z.coerce
    .number()
    .int()
    .min(1)
    .max(overviewLimits.minutesMax)
    .default(overviewLimits.minutesDefault),
});
