import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeDirectory, root, startOrchestrator, temporaryDirectory } from "../../scripts/program.ts";
import type { JobSubmission } from "../../src/protocol/job.ts";
import { runJob, uploadModule } from "../api.ts";
import { assemble, type ComputeCase, computeCases } from "../compute/cases.ts";
import { type Bench, quantile } from "../measurement.ts";

const exec = promisify(execFile);
const repeats = 3;

/** Work that is all computing: what a cell adds to the time of the bare engine. */
export const compute: Bench = async function* ({ rounds }) {
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(await temporaryDirectory("compute"), removeDirectory);
  const { url } = stack.use(await startOrchestrator({ workers: 1 }));
  for (const work of computeCases) {
    const bytes = work.language === "wasm" ? await assemble(work.code) : new TextEncoder().encode(work.code);
    const file = join(directory, "work");
    await writeFile(file, bytes);
    const submission: JobSubmission =
      work.language === "wasm"
        ? { job_type: "wasm", wasm_cid: await uploadModule(url, bytes) }
        : { job_type: work.language, code: work.code };
    const sealed: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      sealed.push(...(await sealedTimes(url, submission)));
      bare.push(...(await bareTimes(work, file)));
    }
    yield {
      name: `${work.name} in a cell`,
      unit: "ms",
      measured: quantile(sealed),
      baseline: { name: "same engine, bare", value: quantile(bare) },
      ratioGoal: { atMost: 1.15 },
    };
  }
};

/** The first run of either warms its engine up and does not count. */
async function sealedTimes(url: string, submission: JobSubmission): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index <= repeats; index += 1) {
    const { stats } = await runJob(url, submission);
    if (stats?.wall_ms === undefined) throw new Error("The job came back without its wall_ms.");
    times.push(stats.wall_ms);
  }
  return times.slice(1);
}

async function bareTimes({ language }: ComputeCase, file: string): Promise<number[]> {
  const script = join(import.meta.dirname, "../compute/bare.js");
  const { stdout } = await exec("deno", ["run", "--allow-all", script, language, file, `${repeats + 1}`], {
    cwd: root,
  });
  const times: number[] = JSON.parse(stdout);
  return times.slice(1);
}
