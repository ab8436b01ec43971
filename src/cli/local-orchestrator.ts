import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Zerverless } from "../client/zerverless.ts";
import { UsageError } from "./usage-error.ts";

const startMsMax = 20_000;
const stopMsMax = 12_000;

/** An orchestrator with a worker as a child process, for the time of one command. */
export class LocalOrchestrator implements AsyncDisposable {
  readonly url: URL;
  readonly #child: ChildProcess;

  private constructor(url: URL, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(url: URL): Promise<LocalOrchestrator> {
    const [main = ""] = process.argv.slice(1);
    const args = ["serve", "--workers", "1", "--port", url.port || "80", "--data-dir", ".zerverless"];
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    const started = new LocalOrchestrator(url, child);
    const client = new Zerverless({ url, retries: 0 });
    const deadline = performance.now() + startMsMax;
    while (child.exitCode === null && performance.now() < deadline) {
      if (await client.health().catch(() => undefined)) return started;
      await delay(50);
    }
    await started[Symbol.asyncDispose]();
    throw new UsageError(`An orchestrator could not be started here.\n${complaint.trim()}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const late = setTimeout(() => this.#child.kill("SIGKILL"), stopMsMax);
    await exited;
    clearTimeout(late);
  }
}
