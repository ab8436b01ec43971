import { startOrchestrator, startWorker } from "../../scripts/program.ts";
import type { JobSubmission } from "../../src/protocol/job.ts";
import { runJob, volunteerCount } from "../api.ts";
import { type Bench, quantile } from "../measurement.ts";

const workersPerLanguage = 5;

/** The first job that a worker ever runs, from its submission to its end; and how long a worker takes to be there. */
export const firstJob: Bench = async function* () {
  await using orchestrator = await startOrchestrator({ workers: 0 });
  const { url, port } = orchestrator;
  const readyMs: number[] = [];

  const firstOf = async (submission: JobSubmission): Promise<number> => {
    const spawnedAt = performance.now();
    await using worker = startWorker(port, ["--slots", "1"]);
    const connected = async () => ((await volunteerCount(url)) > 0 ? true : undefined);
    await worker.until("it was connected", connected);
    readyMs.push(performance.now() - spawnedAt);
    const submittedAt = performance.now();
    await runJob(url, submission);
    return performance.now() - submittedAt;
  };
  const medianOf = async (submission: JobSubmission): Promise<number> => {
    const values: number[] = [];
    for (let index = 0; index < workersPerLanguage; index += 1) {
      values.push(await firstOf(submission));
      while ((await volunteerCount(url)) > 0) await new Promise(setImmediate);
    }
    return quantile(values);
  };

  // Makes the snapshot of Python where there is none yet.
  await firstOf({ job_type: "python", code: "1" });
  readyMs.length = 0;
  const js = await medianOf({ job_type: "js", code: "1" });
  yield { name: "first JS job of a fresh worker", unit: "ms", measured: js, goal: { atMost: 150 } };
  const python = await medianOf({ job_type: "python", code: "1" });
  yield { name: "first Python job of a fresh worker", unit: "ms", measured: python, goal: { atMost: 600 } };
  yield { name: "a worker process, from spawn to connected", unit: "ms", measured: quantile(readyMs) };
};
