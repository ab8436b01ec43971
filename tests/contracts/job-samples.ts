import type { JobEnd, JobOutput, JobPayload, JobSpec } from "../../src/jobs/job.ts";
import { type JobId, uuidv7 } from "../../src/stdx/ids.ts";

export type NewJob = readonly [JobSpec, JobPayload];

/** An instant in whole milliseconds, from which the samples count. */
export const sampleInstant = 1_700_000_000_000;

export function newJobId(): JobId {
  return uuidv7(sampleInstant) as JobId;
}

export function sampleJob(spec: Partial<JobSpec> = {}, payload: Partial<JobPayload> = {}): NewJob {
  return [
    {
      id: newJobId(),
      language: "js",
      namespace: "default",
      wasmCid: undefined,
      timeoutMs: 30_000,
      memoryMb: 256,
      priority: 0,
      maxRetries: 3,
      usesDatabase: false,
      placement: "any",
      createdAt: sampleInstant,
      ...spec,
    },
    { code: "6 * 7", inputJson: "null", ...payload },
  ];
}

export function sampleEnd(end: Partial<JobEnd> = {}): JobEnd {
  return {
    status: "completed",
    error: undefined,
    errorCode: undefined,
    stats: { wall_ms: 1.5, cpu_ms: 1.25, peak_memory_bytes: 4096 },
    attempts: 1,
    volunteerId: "volunteer-1",
    startedAt: sampleInstant + 10,
    completedAt: sampleInstant + 20,
    ...end,
  };
}

export function sampleOutput(output: Partial<JobOutput> = {}): JobOutput {
  return { resultJson: "42", stdout: "", stderr: "", ...output };
}
