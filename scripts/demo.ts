/** `make demo`: a real orchestrator with two workers runs the examples, one in each language, and leaves nothing behind. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { JobDetail } from "../src/protocol/job.ts";
import { expectedFields, readExample, request, submissionOf } from "./examples.ts";
import { hasPythonSnapshot, type Orchestrator, root, startOrchestrator } from "./program.ts";

const examples = ["monte-carlo-pi", "mandelbrot", "n-queens", "wasm-add", "wasi-sha256sum"];

interface Outcome {
  readonly name: string;
  readonly job: JobDetail;
  readonly elapsedMs: number;
  /** Whether the job ended as the example says. */
  readonly good: boolean;
}

const languageNames = { python: "Python", js: "JavaScript", lua: "Lua", wasm: "WebAssembly" } as const;
const columns = [13, 16, 11, 10] as const;
const resultWidth = 60;

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(columns[index] ?? 0))
    .join("")
    .trimEnd();
}

async function runExample({ url }: Orchestrator, name: string): Promise<Outcome> {
  const folder = join(root, "examples", name);
  const example = await readExample(folder);
  const submission = await submissionOf(url, folder, example);
  const startedAt = performance.now();
  const { id } = await request<JobDetail>(`${url}/api/jobs`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(submission),
  });
  const job = await request<JobDetail>(`${url}/api/jobs/${id}?wait=60`);
  const elapsedMs = performance.now() - startedAt;
  const good = job.status === "completed" && isDeepStrictEqual(expectedFields(example, job), example.expect);
  return { name, job, elapsedMs, good };
}

function describe({ name, job, elapsedMs, good }: Outcome): string {
  const cells = [
    languageNames[job.job_type],
    name,
    good ? "completed" : job.status,
    `${elapsedMs.toFixed(0)} ms`,
  ];
  const result = JSON.stringify(job.result);
  return row([...cells, result.length > resultWidth ? `${result.slice(0, resultWidth - 1)}…` : result]);
}

function complain({ name, job }: Outcome): void {
  console.error(`\n${name} did not end as examples/${name}/example.json says:`);
  console.error(JSON.stringify(job, null, 2));
}

async function main(): Promise<boolean> {
  const startedAt = performance.now();
  const known = await hasPythonSnapshot();
  await using orchestrator = await startOrchestrator({ workers: 2 });
  console.log(`An orchestrator with 2 workers is at ${orchestrator.url} for the length of this demo.`);
  if (!known) console.log("Python's memory snapshot is made now, which takes some seconds, once.");
  console.log();
  console.log(row(["language", "job", "status", "took", "result"]));
  const running = examples.map(async (name) => {
    const outcome = await runExample(orchestrator, name);
    console.log(describe(outcome));
    return outcome;
  });
  const outcomes = await Promise.allSettled(running);
  const failed = outcomes.filter((outcome) => outcome.status === "rejected" || !outcome.value.good);
  for (const outcome of failed) {
    if (outcome.status === "fulfilled") complain(outcome.value);
    else console.error(outcome.reason);
  }
  if (failed.length > 0) console.error(`\nThe orchestrator said:\n${orchestrator.program.output}`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `\n${outcomes.length - failed.length} of ${outcomes.length} jobs as expected, in ${seconds} s.`,
  );
  return failed.length === 0;
}

try {
  const good = await main();
  if (good) console.log("Start your own with: ./bin/zerverless --workers 2");
  process.exitCode = good ? 0 : 1;
} catch (error) {
  const first = error instanceof SuppressedError ? error.error : error;
  console.error(first instanceof Error ? first.message : first);
  process.exitCode = 1;
}
