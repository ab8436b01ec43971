/** `--share`: how much of the time a slot of a worker is busy, measured by what its cells use. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { cpuMsBelow } from "../support/process-tree.ts";
import { eventually, spawnWorker, volunteersConnected } from "../support/worker.ts";

async function quarterWorker(t: TestContext) {
  const { api, volunteerUrl } = await bootOrchestrator(t);
  const worker = spawnWorker(t, volunteerUrl, ["--slots", "1", "--share", "25"]);
  await volunteersConnected(api, 1);
  const cellsCpuMs = () => cpuMsBelow(worker.process.pid ?? 0);
  const run = async (job: object) =>
    (await api.post("/api/jobs?wait=30", { job_type: "js", ...job })).json() as JobAnswer;
  await run({ code: "1" });
  return { api, run, cellsCpuMs };
}

interface JobAnswer {
  readonly id: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly stats: { readonly cpu_ms?: number } | null;
}

/** What was used between two looks, as a share of the time between them. */
function within(t: TestContext, share: number, usedMs: number, tookMs: number): void {
  const percent = Math.round((100 * usedMs) / tookMs);
  t.diagnostic(`the cells were busy for ${percent}%`);
  assert.ok(Math.abs(percent - 100 * share) <= 10, `the cells were busy for ${percent}% of ${tookMs} ms`);
}

test("a job that computes for long is stopped and continued, so that it keeps to the share", async (t) => {
  const { api, cellsCpuMs } = await quarterWorker(t);
  const submitted = await api.post("/api/jobs", { job_type: "js", code: "for (;;);", timeout_seconds: 60 });
  const location = String(submitted.headers.location);
  await eventually(async () => {
    const job = (await api.get(location)).json() as JobAnswer;
    return job.status === "running";
  });
  const [fromMs, usedMs] = [performance.now(), cellsCpuMs()];
  await sleep(10_000);
  within(t, 0.25, cellsCpuMs() - usedMs, performance.now() - fromMs);
  assert.equal((await api.send("DELETE", location)).status, 204);
  // Only what lives is counted: stopped or not, the cell is gone.
  await eventually(async () => cellsCpuMs() < 1000);
});

test("many short jobs keep to the share as well", async (t) => {
  const { api, run, cellsCpuMs } = await quarterWorker(t);
  const code = "const end = performance.now() + 15; while (performance.now() < end);";
  const [fromMs, usedMs] = [performance.now(), cellsCpuMs()];
  await api.post(
    "/api/jobs",
    Array.from({ length: 160 }, () => ({ job_type: "js", code })),
  );
  assert.equal((await run({ code, timeout_seconds: 30 })).status, "completed", "the last one");
  within(t, 0.25, cellsCpuMs() - usedMs, performance.now() - fromMs);
});

test("a job's time limit counts only the time in which it was let run", async (t) => {
  const { run } = await quarterWorker(t);
  const fromMs = performance.now();
  const { error_code, stats } = await run({ code: "for (;;);", timeout_seconds: 1 });
  assert.equal(error_code, "timeout");
  assert.ok(performance.now() - fromMs > 3000, "it took four times as long");
  const cpuMs = stats?.cpu_ms ?? 0;
  assert.ok(cpuMs > 600 && cpuMs < 1200, `it computed for ${cpuMs} ms`);
});
