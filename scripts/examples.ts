/** Reads the examples of `examples/` and makes jobs and functions of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { DeployRequest } from "../src/protocol/functions.ts";
import type { JobDetail, JobSubmission } from "../src/protocol/job.ts";
import type { Language } from "../src/protocol/languages.ts";

const exampleSchema = z.object({
  job_type: z.enum(["python", "js", "lua", "wasm"]),
  code_file: z.string().optional(),
  wasm_file: z.string().optional(),
  input_data: z.json().optional(),
  expect: z.record(z.string(), z.json()),
});

export type Example = z.infer<typeof exampleSchema>;

/** @param folder the example's, with its `example.json` */
export async function readExample(folder: string): Promise<Example> {
  return exampleSchema.parse(JSON.parse(await readFile(join(folder, "example.json"), "utf8")));
}

/** The fields of an ended job that the example says something about. */
export function expectedFields({ expect }: Example, job: JobDetail): Record<string, unknown> {
  const fields = new Map<string, unknown>(Object.entries(job));
  return Object.fromEntries(Object.keys(expect).map((field) => [field, fields.get(field)]));
}

/** Asks an orchestrator; an answer that is no success is thrown. */
export async function request<Answer>(url: string, init?: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** The job of an example; its module, if it has one, is stored at the orchestrator first. */
export async function submissionOf(
  url: string,
  folder: string,
  { job_type, code_file = "", wasm_file = "", input_data = null }: Example,
): Promise<JobSubmission> {
  if (job_type !== "wasm") {
    return { job_type, code: await readFile(join(folder, code_file), "utf8"), input_data };
  }
  return { job_type, wasm_cid: await storedModule(url, join(folder, wasm_file)), input_data };
}

/** Functions among the examples, by their paths in the folder of examples. */
const functionFiles = {
  lua: "functions/greet.lua",
  js: "functions/greet.js",
  python: "functions/greet.py",
  wasm: "wasm-counter/build/counter.wasm",
} as const satisfies Record<Language, string>;

/** What deploys the example of a function in a language. @param examples the folder of all examples */
export async function deploymentOf(url: string, examples: string, runtime: Language): Promise<DeployRequest> {
  const path = join(examples, functionFiles[runtime]);
  if (runtime === "wasm") return { runtime, wasm_cid: await storedModule(url, path) };
  return { runtime, code: await readFile(path, "utf8") };
}

async function storedModule(url: string, path: string): Promise<string> {
  const { cid } = await request<{ cid: string }>(`${url}/api/wasm`, {
    method: "POST",
    headers: { "Content-Type": "application/wasm" },
    body: await readFile(path),
  });
  return cid;
}
