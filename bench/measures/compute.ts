import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { removeDirectory, root, startOrchestrator, temporaryDirectory } from "../../scripts/program.ts";
import type { JobSubmission } from "../../src/protocol/job.ts";
import { runJob, uploadModule } from "../api.ts";
import { assemble, type ComputeCase, computeCases } from "../compute/cases.ts";
import type { Bench } from "../measurement.ts";

const pairsPerRound = 3;

/**
 * Work that is all computing: what a cell adds to the time of the bare engine. The two take turns, and of each the run
 * that was disturbed least counts.
 */
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
    await using bare = startBare(work, file);
    // The first run of either warms its engine up.
    await sealedMs(url, submission);
    await bare.ms();
    let [sealedMin, bareMin] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let pair = 0; pair < rounds * pairsPerRound; pair += 1) {
      sealedMin = Math.min(sealedMin, await sealedMs(url, submission));
      bareMin = Math.min(bareMin, await bare.ms());
    }
    yield {
      name: `${work.name} in a cell`,
      unit: "ms",
      measured: sealedMin,
      baseline: { name: "same engine, bare", value: bareMin },
      ratioGoal: { atMost: 1.15 },
    };
  }
};

async function sealedMs(url: string, submission: JobSubmission): Promise<number> {
  const { stats } = await runJob(url, submission);
  if (stats?.wall_ms === undefined) throw new Error("The job came back without its wall_ms.");
  return stats.wall_ms;
}

interface Bare extends AsyncDisposable {
  /** Runs the work once; how long it took. */
  ms(): Promise<number>;
}

function startBare({ language }: ComputeCase, file: string): Bare {
  const script = join(import.meta.dirname, "../compute/bare.js");
  const child = spawn("deno", ["run", "--allow-all", script, language, file], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ms() {
      child.stdin.write("\n");
      const { value, done } = await lines.next();
      if (done) throw new Error(`The bare engine of ${language} ended.`);
      return Number(value);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
