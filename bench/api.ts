import { setTimeout as delay } from "node:timers/promises";
import type { JobDetail, JobSubmission } from "../src/protocol/job.ts";

/** Submits a job and waits for its end. Rejects unless it completed. */
export async function runJob(url: string, submission: JobSubmission): Promise<JobDetail> {
  const response = await fetch(`${url}/api/jobs?wait=60`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(submission),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`Status ${response.status}: ${text}`);
  const job: JobDetail = JSON.parse(text);
  if (job.status !== "completed") throw new Error(`The job ended as ${job.status}: ${text}`);
  return job;
}

export async function uploadModule(url: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const response = await fetch(`${url}/api/wasm`, {
    method: "POST",
    headers: { "Content-Type": "application/wasm" },
    body: bytes,
  });
  const { cid }: { cid: string } = JSON.parse(await response.text());
  return cid;
}

async function getJson<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url);
  return JSON.parse(await response.text());
}

interface Stats {
  readonly volunteers: { readonly connected: number };
  readonly jobs: { readonly pending: number; readonly running: number; readonly completed: number };
}

/**
 * Resolves once no job waits or runs.
 * @returns how many completed since `before`, and when the last was seen to, in milliseconds since the epoch
 */
export async function drained(url: string, before: number): Promise<{ completed: number; atMs: number }> {
  for (;;) {
    const { jobs } = await getJson<Stats>(`${url}/stats`);
    if (jobs.pending + jobs.running === 0) return { completed: jobs.completed - before, atMs: Date.now() };
    await delay(10);
  }
}

export async function completedCount(url: string): Promise<number> {
  return (await getJson<Stats>(`${url}/stats`)).jobs.completed;
}

export async function volunteerCount(url: string): Promise<number> {
  return (await getJson<Stats>(`${url}/stats`)).volunteers.connected;
}
