/**
 * `make demo`: a real orchestrator with two workers runs jobs and functions in each language, keeps a value and a page, and
 * leaves nothing behind.
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { JobDetail } from "../src/protocol/job.ts";
import type { Language } from "../src/protocol/languages.ts";
import { deploymentOf, expectedFields, readExample, request, submissionOf } from "./examples.ts";
import { hasPythonSnapshot, type Orchestrator, root, startOrchestrator } from "./program.ts";

const examples = join(root, "examples");
const jobs = ["monte-carlo-pi", "mandelbrot", "n-queens", "wasm-add", "wasi-sha256sum"];

/** The greeting functions count in one database: each of these is called twice, in this order. */
const functions: { language: Language; answers: [cold: string, warm: string] }[] = [
  {
    language: "python",
    answers: ["Hello, Ada, from Python: greeting 1", "Hello, Ada, from Python: greeting 2"],
  },
  {
    language: "js",
    answers: ["Hello, Ada, from JavaScript: greeting 3", "Hello, Ada, from JavaScript: greeting 4"],
  },
  { language: "lua", answers: ["Hello, Ada, from Lua: greeting 5", "Hello, Ada, from Lua: greeting 6"] },
  { language: "wasm", answers: ["Call number 1\n", "Call number 2\n"] },
];

/** A thing that the demo did, as a row of its table. */
interface Outcome {
  /** What it is, its name, how it ended, how long it took, what came of it. */
  readonly cells: readonly [string, string, string, string, string];
  readonly good: boolean;
  /** What is shown when it is not good. */
  readonly whole: unknown;
}

const languageNames = { python: "Python", js: "JavaScript", lua: "Lua", wasm: "WebAssembly" } as const;
const columns = [13, 16, 11, 16] as const;
const resultWidth = 54;

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index < columns.length ? cell.padEnd(columns[index] ?? 0) : clipped(cell)))
    .join("")
    .trimEnd();
}

function clipped(text: string): string {
  return text.length > resultWidth ? `${text.slice(0, resultWidth - 1)}…` : text;
}

function span(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

async function timed<Value>(work: () => Promise<Value>): Promise<[value: Value, ms: number]> {
  const startedAt = performance.now();
  const value = await work();
  return [value, performance.now() - startedAt];
}

async function runJob({ url }: Orchestrator, name: string): Promise<Outcome> {
  const folder = join(examples, name);
  const example = await readExample(folder);
  const submission = await submissionOf(url, folder, example);
  const [job, ms] = await timed(async () => {
    const { id } = await sendJson<JobDetail>(`${url}/api/jobs`, "POST", submission);
    return request<JobDetail>(`${url}/api/jobs/${id}?wait=60`);
  });
  const good = job.status === "completed" && isDeepStrictEqual(expectedFields(example, job), example.expect);
  const { job_type, status, result } = job;
  return {
    cells: [languageNames[job_type], name, status, span(ms), JSON.stringify(result)],
    good,
    whole: job,
  };
}

async function callFunction(
  { url }: Orchestrator,
  { language, answers }: (typeof functions)[number],
): Promise<Outcome> {
  const path = `/demo/${language}`;
  await sendJson(`${url}/api/deploy${path}`, "POST", await deploymentOf(url, examples, language));
  const [cold, coldMs] = await timed(() => get(`${url}${path}?name=Ada`));
  const [warm, warmMs] = await timed(() => get(`${url}${path}?name=Ada`));
  const good = cold.status === 200 && isDeepStrictEqual([cold.text, warm.text], answers);
  const took = `${span(coldMs)}, ${span(warmMs)}`;
  return {
    cells: [languageNames[language], path, `${warm.status}`, took, warm.text],
    good,
    whole: [cold, warm],
  };
}

/** What the functions counted, read from outside. */
async function readDatabase({ url }: Orchestrator): Promise<Outcome> {
  const key = "/api/db/demo/greetings";
  const [read, ms] = await timed(() => get(`${url}${key}`));
  const good = /^\{"key":"greetings","value":6,/.test(read.text);
  return { cells: ["database", "greetings", `${read.status}`, span(ms), read.text], good, whole: read };
}

async function keepValue({ url }: Orchestrator): Promise<Outcome> {
  const value = { planet: "Earth", moons: 1 };
  const [read, ms] = await timed(async () => {
    await sendJson(`${url}/api/db/demo/note`, "PUT", { value });
    return get(`${url}/api/db/demo/note`);
  });
  const good = isDeepStrictEqual(JSON.parse(read.text).value, value);
  return { cells: ["database", "note", `${read.status}`, span(ms), read.text], good, whole: read };
}

async function servePage({ url }: Orchestrator): Promise<Outcome> {
  const page = "<!doctype html><title>Demo</title><h1>Hello</h1>";
  const [served, ms] = await timed(async () => {
    await request(`${url}/api/storage/demo/index.html`, { method: "PUT", body: page });
    return get(`${url}/static/demo/`);
  });
  const good = served.status === 200 && served.text === page;
  return {
    cells: ["web page", "/static/demo/", `${served.status}`, span(ms), served.text],
    good,
    whole: served,
  };
}

function sendJson<Answer>(url: string, method: string, value: unknown): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  return request<Answer>(url, { method, headers, body: JSON.stringify(value) });
}

async function get(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text() };
}

/** Prints each row when it is there, and says what went wrong. @returns how many were good */
async function table(head: readonly string[], rows: Iterable<Promise<Outcome>>): Promise<number> {
  console.log(row(head));
  const shown = [...rows].map(async (coming) => {
    const outcome = await coming;
    console.log(row(outcome.cells.map((cell) => cell.trimEnd())));
    return outcome;
  });
  let good = 0;
  for (const settled of await Promise.allSettled(shown)) {
    if (settled.status === "rejected") console.error(settled.reason);
    else if (settled.value.good) good++;
    else console.error(`\n${settled.value.cells[1]} did not do as it should:`, settled.value.whole);
  }
  console.log();
  return good;
}

/** One after the other, each begun when the one before is over. */
function inTurn<Item>(items: readonly Item[], work: (item: Item) => Promise<Outcome>): Promise<Outcome>[] {
  let before: Promise<unknown> = Promise.resolve();
  return items.map((item) => {
    const outcome = before.then(() => work(item));
    before = outcome.catch(() => {});
    return outcome;
  });
}

async function main(): Promise<boolean> {
  const startedAt = performance.now();
  const known = await hasPythonSnapshot();
  await using orchestrator = await startOrchestrator({ workers: 2 });
  console.log(`An orchestrator with 2 workers is at ${orchestrator.url} for the length of this demo.`);
  if (!known) console.log("Python's memory snapshot is made now, which takes some seconds, once.");
  console.log();
  let good = await table(
    ["language", "job", "status", "took", "result"],
    jobs.map((name) => runJob(orchestrator, name)),
  );
  good += await table(
    ["language", "function", "status", "cold, warm", "answer"],
    inTurn(functions, (called) => callFunction(orchestrator, called)),
  );
  const keeping = [readDatabase, keepValue, servePage];
  good += await table(
    ["kept in", "as", "status", "took", "answer"],
    inTurn(keeping, (step) => step(orchestrator)),
  );
  const all = jobs.length + functions.length + keeping.length;
  if (good < all) console.error(`The orchestrator said:\n${orchestrator.program.output}`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${good} of ${all} as expected, in ${seconds} s.`);
  return good === all;
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
