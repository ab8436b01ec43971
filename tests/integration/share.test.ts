/**
 * `--share`: how much of the time a slot of a worker is busy. Busy is when its cell is let run; what a machine under load
 * then gives the cell of its processors may be less, and must not be more.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { cpuMsBelow, look, processesBelow } from "../support/process-tree.ts";
import { spawnWorker, volunteersConnected } from "../support/worker.ts";

interface JobAnswer {
  readonly id: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly stats: { readonly wall_ms?: number; readonly cpu_ms?: number } | null;
}

async function quarterWorker(t: TestContext) {
  const { api, volunteerUrl } = await bootOrchestrator(t);
  const worker = spawnWorker(t, volunteerUrl, ["--slots", "1", "--share", "25"]);
  await volunteersConnected(api, 1);
  const pid = worker.process.pid ?? 0;
  const run = async (job: object) =>
    (await api.post("/api/jobs?wait=60", { job_type: "js", ...job })).json() as JobAnswer;
  await run({ code: "1" });
  return { api, run, pid };
}

function isShare(t: TestContext, busyMs: number, cpuMs: number, tookMs: number): void {
  const percentOf = (ms: number) => Math.round((100 * ms) / tookMs);
  const [busy, cpu] = [percentOf(busyMs), percentOf(cpuMs)];
  t.diagnostic(`busy for ${busy}% of ${Math.round(tookMs)} ms, with ${cpu}% of a processor`);
  assert.ok(busy >= 15 && busy <= 35, `busy for ${busy}%`);
  assert.ok(cpu <= 35, `${cpu}% of a processor`);
}

test("a job that computes for long is stopped and continued, so that it keeps to the share", async (t) => {
  const { api, pid } = await quarterWorker(t);
  const submitted = await api.post("/api/jobs", { job_type: "js", code: "for (;;);", timeout_seconds: 60 });
  const location = String(submitted.headers.location);
  const hardest = () => processesBelow(pid).reduce((one, other) => (other.cpuMs > one.cpuMs ? other : one));
  await eventually(async () => hardest().cpuMs > 500);
  const cell = hardest();
  const fromMs = performance.now();
  let lookedAt = fromMs;
  let busyMs = 0;
  while (lookedAt - fromMs < 10_000) {
    await sleep(2);
    const nowMs = performance.now();
    if (look(cell.pid)?.state !== "T") busyMs += nowMs - lookedAt;
    lookedAt = nowMs;
  }
  isShare(t, busyMs, (look(cell.pid)?.cpuMs ?? 0) - cell.cpuMs, lookedAt - fromMs);
  assert.equal((await api.send("DELETE", location)).status, 204);
  await eventually(async () => look(cell.pid) === undefined);
});

test("many short jobs keep to the share as well", async (t) => {
  const { api, run, pid } = await quarterWorker(t);
  const code = "const end = performance.now() + 15; while (performance.now() < end);";
  const [fromMs, cpuMs] = [performance.now(), cpuMsBelow(pid)];
  const jobs = Array.from({ length: 160 }, () => ({ job_type: "js", code, namespace: "short" }));
  await api.post("/api/jobs", jobs);
  assert.equal((await run({ code, namespace: "short" })).status, "completed", "the last one");
  const tookMs = performance.now() - fromMs;
  const { jobs: ended } = (await api.get("/api/jobs?namespace=short&limit=200")).json() as {
    jobs: JobAnswer[];
  };
  const busyMs = ended.reduce((sum, { stats }) => sum + (stats?.wall_ms ?? 0), 0);
  isShare(t, busyMs, cpuMsBelow(pid) - cpuMs, tookMs);
});

test("a job's time limit counts only the time in which it was let run", async (t) => {
  const { run } = await quarterWorker(t);
  const { error_code, stats } = await run({ code: "for (;;);", timeout_seconds: 1 });
  assert.equal(error_code, "timeout");
  assert.ok((stats?.wall_ms ?? 0) > 3000, `it took about four times as long, ${stats?.wall_ms} ms`);
  assert.ok((stats?.cpu_ms ?? 0) < 1200, `it computed for ${stats?.cpu_ms} ms`);
});
