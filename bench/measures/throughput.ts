import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  freePort,
  type Orchestrator,
  Program,
  removeDirectory,
  startOrchestrator,
  startWorker,
  temporaryDirectory,
} from "../../scripts/program.ts";
import { completedCount, drained, volunteerCount } from "../api.ts";
import { posted, sendLoad } from "../load/load.ts";
import { type Bench, type BenchOptions, type Measurement, quantile } from "../measurement.ts";

const connections = 64;
const body = '{"job_type":"js","code":"1"}';
const warmupSeconds = 1;

/** No-op jobs through an orchestrator with two workers inside, beside the floor program. */
export const throughput: Bench = async function* (options) {
  const system: number[] = [];
  const floor: number[] = [];
  // In turns, so that what else the machine does meets both alike.
  for (let round = 0; round < options.rounds; round += 1) {
    floor.push(await floorRate(options));
    system.push(await withInternalWorkers(options));
  }
  yield {
    name: "no-op JS jobs, 64 clients, 2 internal workers",
    unit: "jobs/s",
    measured: quantile(system),
    goal: { atLeast: 4000 },
    baseline: { name: "bare node:http and SQLite", value: quantile(floor) },
    ratioGoal: { atLeast: 0.3 },
    note: spread(system),
  } satisfies Measurement;
};

/** The same through a worker process of its own, connected by WebSocket. */
export const throughputRemote: Bench = async function* (options) {
  const rates: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) rates.push(await withRemoteWorker(options));
  yield {
    name: "same, one worker process with 2 slots over WebSocket",
    unit: "jobs/s",
    measured: quantile(rates),
    goal: { atLeast: 2500 },
    note: spread(rates),
  } satisfies Measurement;
};

async function withInternalWorkers(options: BenchOptions): Promise<number> {
  await using orchestrator = await startOrchestrator({ workers: 2 });
  return await jobRate(orchestrator, options);
}

async function withRemoteWorker(options: BenchOptions): Promise<number> {
  await using orchestrator = await startOrchestrator({ workers: 0 });
  await using worker = startWorker(orchestrator.port, ["--slots", "2"]);
  await worker.until("it was connected", async () =>
    (await volunteerCount(orchestrator.url)) > 0 ? true : undefined,
  );
  return await jobRate(orchestrator, options);
}

/** Jobs completed in a second, from the first submission to the last completion. */
export async function jobRate({ url, port }: Orchestrator, options: BenchOptions): Promise<number> {
  const load = { ...posted, port, path: "/api/jobs", body, connections };
  await sendLoad(options.generator, { ...load, seconds: warmupSeconds });
  await drained(url, 0);
  const before = await completedCount(url);
  const { answered, startedAtMs } = await sendLoad(options.generator, { ...load, seconds: options.seconds });
  const { completed, atMs } = await drained(url, before);
  // A generator that stops by the clock may hang up on jobs that were accepted.
  if (completed < answered) throw new Error(`${answered} jobs were accepted and ${completed} completed.`);
  return completed / ((atMs - startedAtMs) / 1000);
}

async function floorRate(options: BenchOptions): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(await temporaryDirectory("floor"), removeDirectory);
  const port = await freePort();
  const program = stack.use(
    new Program(process.execPath, [
      join(import.meta.dirname, "../floor.ts"),
      `${port}`,
      join(directory, "db"),
    ]),
  );
  const updated = async () => Number(await (await fetch(`http://127.0.0.1:${port}/`)).text());
  await program.until("it answered", () => updated().catch(() => undefined));
  const load = { ...posted, port, path: "/", body, connections };
  await sendLoad(options.generator, { ...load, seconds: warmupSeconds });
  const before = await updated();
  const { answered, startedAtMs } = await sendLoad(options.generator, { ...load, seconds: options.seconds });
  let done = await updated();
  while (done - before < answered) {
    await delay(1);
    done = await updated();
  }
  return (done - before) / ((Date.now() - startedAtMs) / 1000);
}

function spread(rates: readonly number[]): string {
  return `rounds: ${rates.map((rate) => Math.round(rate)).join(", ")}`;
}
