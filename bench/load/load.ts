import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Requests that are all alike. Exactly one of `count` and `seconds` says when to stop. */
export interface LoadOptions {
  readonly port: number;
  /** A `*` in it stands for numbers that count from 0 to `variants` - 1 and begin again. */
  readonly path: string;
  readonly variants?: number;
  readonly method: "GET" | "POST" | "PUT";
  /** JSON, sent with every request; nothing when empty. */
  readonly body: string;
  /** Statuses that answers may have. */
  readonly accept: readonly number[];
  readonly connections: number;
  readonly count?: number;
  readonly seconds?: number;
}

/** What a submission of jobs is. */
export const posted = { method: "POST", accept: [201] } as const;

export interface LoadResult {
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly answered: number;
  /** When the first request left, milliseconds since the Unix epoch. */
  readonly startedAtMs: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type Generator = "wrk" | "node";

export async function availableGenerator(): Promise<Generator> {
  // wrk prints its version and exits with 1.
  return run("wrk", ["--version"]).then(
    () => "wrk" as const,
    (error: { code?: unknown }) => (error.code === "ENOENT" ? "node" : "wrk"),
  );
}

/** Sends the load from another process and resolves when the last answer is there. Rejects unless it is accepted. */
export async function sendLoad(generator: Generator, options: LoadOptions): Promise<LoadResult> {
  const result =
    generator === "wrk" && options.seconds !== undefined
      ? await withWrk(options, options.seconds)
      : await withNode(options);
  const strange = Object.keys(result.statuses).filter((status) => !options.accept.includes(Number(status)));
  if (strange.length > 0 || result.answered === 0) {
    throw new Error(`Not every answer was ${options.accept}: ${JSON.stringify(result.statuses)}`);
  }
  return result;
}

async function withNode(options: LoadOptions): Promise<LoadResult> {
  const client = join(import.meta.dirname, "client.ts");
  const { stdout } = await run(process.execPath, [client, JSON.stringify(options)]);
  return JSON.parse(stdout);
}

async function withWrk(options: LoadOptions, seconds: number): Promise<LoadResult> {
  const startedAtMs = Date.now();
  const { stdout } = await run("wrk", [
    "--threads=1",
    `--connections=${options.connections}`,
    `--duration=${seconds}s`,
    "--latency",
    "--timeout=30s",
    `--script=${join(import.meta.dirname, "wrk.lua")}`,
    `http://127.0.0.1:${options.port}${options.path}`,
    "--",
    options.method,
    options.body,
    `${options.variants ?? 1}`,
  ]);
  const line: {
    answered: number;
    refused: number;
    broken: number;
    seconds: number;
    p50Ms: number;
    p99Ms: number;
  } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  const { answered, refused, broken } = line;
  if (broken > 0) throw new Error(`${broken} connections of wrk broke.`);
  // wrk only tells answers of 400 and above from the others.
  const [good = 0] = options.accept;
  const statuses = refused > 0 ? { [good]: answered - refused, other: refused } : { [good]: answered };
  return { statuses, answered, startedAtMs, seconds: line.seconds, p50Ms: line.p50Ms, p99Ms: line.p99Ms };
}
