import { startOrchestrator } from "../../scripts/program.ts";
import { runJob } from "../api.ts";
import { posted, sendLoad } from "../load/load.ts";
import type { Bench } from "../measurement.ts";

/** One job at a time on an idle system: from the submission to the answer with the result. */
export const latency: Bench = async function* () {
  await using orchestrator = await startOrchestrator({ workers: 2 });
  const { url, port } = orchestrator;
  const body = '{"job_type":"js","code":"1"}';
  const load = { ...posted, port, path: "/api/jobs?wait=30", body, connections: 1 };
  // Always with the generator of our own: wrk counts no requests, and one connection costs it nothing either way.
  await sendLoad("node", { ...load, count: 200 });
  const js = await sendLoad("node", { ...load, count: 1000 });
  const name = "one JS job at a time, ?wait";
  yield { name: `${name}, p50 of 1,000`, unit: "ms", measured: js.p50Ms, goal: { atMost: 4 } };
  yield { name: `${name}, p99 of 1,000`, unit: "ms", measured: js.p99Ms, goal: { atMost: 15 } };

  await runJob(url, { job_type: "python", code: "1" });
  const pythonLoad = { ...load, body: '{"job_type":"python","code":"1"}' };
  await sendLoad("node", { ...pythonLoad, count: 50 });
  const python = await sendLoad("node", { ...pythonLoad, count: 300 });
  yield { name: "warm Python no-op, p50 of 300", unit: "ms", measured: python.p50Ms, goal: { atMost: 6 } };
};
