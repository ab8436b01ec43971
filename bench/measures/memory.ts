import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Program, startOrchestrator } from "../../scripts/program.ts";
import { volunteerCount } from "../api.ts";
import { type Bench, quantile } from "../measurement.ts";

const volunteers = 2000;
const samples = 10;
const sampleEveryMs = 300;

/** Resident memory of an orchestrator that does nothing, and what each volunteer that does nothing adds to it. */
export const memory: Bench = async function* () {
  // The first start after a change compiles, and keeps what it compiled for all later ones.
  await (await startOrchestrator({ workers: 0 }))[Symbol.asyncDispose]();
  await using orchestrator = await startOrchestrator({
    workers: 0,
    environment: { VOLUNTEER_HEARTBEAT_INTERVAL: "5m", VOLUNTEER_TIMEOUT: "15m" },
  });
  const { url, port, program } = orchestrator;
  const idleBytes = await settledBytes(program.pid);
  yield { name: "idle orchestrator, resident", unit: "MB", measured: idleBytes / 1e6, goal: { atMost: 120 } };

  const script = join(import.meta.dirname, "../load/volunteers.ts");
  await using crowd = new Program(process.execPath, [script, `${port}`, `${volunteers}`]);
  await crowd.until("all were connected", async () =>
    (await volunteerCount(url)) === volunteers ? true : undefined,
  );
  const crowdedBytes = await settledBytes(program.pid);
  yield {
    name: `each of ${volunteers.toLocaleString("en")} idle WebSocket volunteers`,
    unit: "KB",
    measured: (crowdedBytes - idleBytes) / volunteers / 1e3,
    goal: { atMost: 30 },
  };
};

async function settledBytes(pid: number): Promise<number> {
  const values: number[] = [];
  for (let index = 0; index < samples; index += 1) {
    await delay(sampleEveryMs);
    values.push(await residentBytes(pid));
  }
  return quantile(values.slice(samples / 2));
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`Linux does not say how much memory process ${pid} holds.`);
  return Number(kilobytes) * 1024;
}
