import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The root of the repository. */
export const root = resolve(import.meta.dirname, "..");

const bin = join(root, "bin/zerverless");
const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;
const outputCharsMax = 64 * 1024;

/** A child process that was started here and ends with its owner. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  #output = "";
  readonly exited: Promise<void>;

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    // `env` adds to the inherited environment and then becomes the command, under the same process id.
    this.#child = spawn("env", [...settings, command, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (text: string) => {
      this.#output = (this.#output + text).slice(-outputCharsMax);
    };
    this.#child.stdout?.setEncoding("utf8").on("data", keep);
    this.#child.stderr?.setEncoding("utf8").on("data", keep);
    this.exited = new Promise((settle) => {
      this.#child.once("error", (error) => {
        keep(`${error.message}\n`);
        settle();
      });
      this.#child.once("exit", () => settle());
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`The program did not start.\n${this.#output}`);
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it has written so far. */
  get output(): string {
    return this.#output;
  }

  /** Resolves with the first answer of `probe` that is not undefined. Rejects when the program ends before. */
  async until<Value>(what: string, probe: () => Promise<Value | undefined>): Promise<Value> {
    const deadline = performance.now() + readyTimeoutMs;
    while (this.running && performance.now() < deadline) {
      const value = await probe();
      if (value !== undefined) return value;
      await Promise.race([delay(5), this.exited]);
    }
    const how = this.running ? "took too long" : "ended";
    throw new Error(`The program ${how} before ${what}. Its output:\n${this.#output.trimEnd()}`);
  }

  /** Rejects when the program had ended by itself, since that explains whatever else went wrong. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.running) throw new Error(`The program ended by itself. Its output:\n${this.#output.trimEnd()}`);
    this.#child.kill("SIGTERM");
    await Promise.race([this.exited, delay(stopTimeoutMs, undefined, { ref: false })]);
    if (!this.running) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}

export interface Orchestrator extends AsyncDisposable {
  readonly program: Program;
  readonly port: number;
  readonly url: string;
}

export interface OrchestratorOptions {
  readonly workers: number;
  /** Flags after those that every start has. */
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts an orchestrator on a free port with a data directory of its own, and waits until it answers. */
export async function startOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await temporaryDirectory("orchestrator");
  stack.adopt(dataDir, removeDirectory);
  const flags = ["--port", "0", "--data-dir", dataDir, "--workers", `${options.workers}`];
  const program = stack.use(
    new Program(bin, [...flags, ...(options.flags ?? [])], { ...quiet, ...options.environment }),
  );
  const { origin, port } = await program.until("it was ready", async () => announcedUrl(program.output));
  const owned = stack.move();
  return { program, port: Number(port), url: origin, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Starts a worker for the orchestrator at this port. It is not waited for. */
export function startWorker(port: number, flags: readonly string[] = []): Program {
  return new Program(bin, ["--worker", `ws://127.0.0.1:${port}/ws/volunteer`, ...flags], quiet);
}

/** Inside the clone, where HOME need not exist, and so that the Python snapshot is made only once. */
const cacheDir = join(root, "build/cache");
const quiet = { CACHE_DIR: cacheDir, LOG_LEVEL: "warn" };

/** Whether Python can start from a snapshot at once. One of other sources than these counts too. */
export async function hasPythonSnapshot(): Promise<boolean> {
  const names = await readdir(cacheDir).catch(() => []);
  return names.some((name) => name.endsWith(".snapshot"));
}

/** On the clone's own disk rather than in /tmp, which may be memory that no commit has to wait for. */
export async function temporaryDirectory(name: string): Promise<string> {
  const parent = join(root, "build/tmp");
  await mkdir(parent, { recursive: true });
  return mkdtemp(join(parent, `${name}-`));
}

export async function removeDirectory(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}

/** Where the orchestrator says that it is. */
function announcedUrl(output: string): URL | undefined {
  const text = /ready at (http:\S+)/.exec(output)?.[1];
  return text === undefined ? undefined : new URL(text);
}
