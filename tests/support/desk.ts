import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { access, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { curlCommands, runCurl } from "./curl.ts";
import { EventReader } from "./event-source.ts";
import { temporaryDirectory } from "./orchestrator.ts";
import { agrees, type PageCommand, withoutComment } from "./page-commands.ts";
import { launcher, type SpawnedOrchestrator, spawnOrchestrator } from "./spawn.ts";
import { spawnWorker, testCacheDir, volunteersConnected } from "./worker.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
/** The module that pages upload; `make build` leaves it there. */
const builtModule = "examples/wasm-add/build/add.wasm";
const printedPort = "8000";
/** What stays open until its reader has seen enough. */
const openEnded = /^zerverless (?:dev\b|.*\s-f\b|.*\s--follow\b)/;
const seenWithinMs = 30_000;

export interface Printed {
  readonly ok: boolean;
  readonly text: string;
}

/** Where a reader types a page's commands: a folder with what they name, and an orchestrator once it was started. */
export class Desk {
  readonly #t: TestContext;
  readonly folder: string;
  readonly #hasCurl: boolean;
  #started: SpawnedOrchestrator | undefined;
  readonly #exported: Record<string, string> = {};
  #cwd: string;
  /** What stands for an answer's part in the commands after it. */
  readonly #names = new Map<string, string>();

  private constructor(t: TestContext, folder: string, hasCurl: boolean) {
    this.#t = t;
    this.folder = folder;
    this.#hasCurl = hasCurl;
    this.#cwd = folder;
  }

  static async open(t: TestContext): Promise<Desk> {
    const folder = await temporaryDirectory(t);
    await mkdir(join(folder, dirname(builtModule)), { recursive: true });
    await copyFile(join(root, builtModule), join(folder, builtModule));
    await mkdir(join(folder, "bin"));
    await symlink(launcher, join(folder, "bin/zerverless"));
    // What curl prints of itself goes where it is not mixed with the answer.
    const settings = 'silent\nshow-error\nmax-time = 60\nwrite-out = "%{stderr}%{http_code}"\n';
    await writeFile(join(folder, ".curlrc"), settings);
    return new Desk(t, folder, await isInstalled("curl"));
  }

  get orchestrator(): SpawnedOrchestrator {
    assert.ok(this.#started, "no orchestrator was started before");
    return this.#started;
  }

  /** Starts an orchestrator, for pages that take one for granted. */
  async start(workers: number): Promise<void> {
    await this.#serve(["--workers", `${workers}`]);
  }

  async write(name: string, content: string): Promise<void> {
    const path = join(this.#cwd, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  /** An address of a page, where it is now. */
  addressOf(printed: string): string {
    return this.#here(printed);
  }

  /** Types a command, and insists that it prints what the page says, or else that it succeeds. */
  async follow({ text, returns }: PageCommand): Promise<void> {
    const answer = await this.type(text, returns);
    if (returns === undefined) assert.ok(answer.ok, `it answered ${answer.text}`);
    else assert.ok(agrees(answer.text, returns), `it answered ${answer.text}\nand not   ${returns}`);
  }

  /** Types a command. Rejects when it cannot be run. */
  async type(command: string, returns?: string): Promise<Printed> {
    const words = withoutComment(command).split(/\s+/);
    const [program = "", first = "", second = ""] = words;
    if (program === "make") return this.#make(words.slice(1));
    if (program === "export") return this.#export(withoutComment(command));
    const [, folder] = /(?:^|&& )cd (\S+)$/.exec(withoutComment(command)) ?? [];
    if (folder !== undefined) return this.#changeFolder(folder);
    if (program === "npm" && first === "install") return this.#install(words.slice(2));
    if (program === "curl") return this.#curl(this.#filledIn(command), first === "-N");
    if (/(?:^|\/)zerverless$/.test(program)) {
      if (first === "--workers") return this.#serve(words.slice(1));
      if (first === "serve") return this.#serve(words.slice(2));
      if (first === "--worker" || first === "work") return this.#work(second, words.slice(3));
    }
    return this.#shell(this.#filledIn(command), returns);
  }

  /** Into a folder within this one, wherever the page puts it. */
  async #changeFolder(name: string): Promise<Printed> {
    this.#cwd = join(this.folder, basename(name));
    await mkdir(this.#cwd, { recursive: true });
    return { ok: true, text: "" };
  }

  /** What is exported is there for every command after it. */
  async #export(command: string): Promise<Printed> {
    const [, name = ""] = /^export (\w+)=/.exec(command) ?? [];
    const script = `${command}; printf %s "$${name}"`;
    const { stdout } = await run("bash", ["--norc", "-c", script], this.#surroundings());
    this.#exported[name] = stdout;
    return { ok: true, text: "" };
  }

  /** The commands that make would run: that they do what they say is for other tests. */
  async #make(words: readonly string[]): Promise<Printed> {
    const { stdout } = await run("make", ["--dry-run", ...words], { cwd: root });
    return { ok: stdout !== "", text: "" };
  }

  /** The same packages as npm would fetch, from where this checkout has them. */
  async #install(names: readonly string[]): Promise<Printed> {
    await mkdir(join(this.#cwd, "node_modules"), { recursive: true });
    for (const name of names) {
      await symlink(join(root, "node_modules", name), join(this.#cwd, "node_modules", name));
    }
    return { ok: true, text: "" };
  }

  async #serve(words: readonly string[]): Promise<Printed> {
    assert.equal(this.#started, undefined, "an orchestrator was started before");
    const workers = Number(/--workers (\d+)/.exec(words.join(" "))?.[1] ?? 0);
    this.#started = await spawnOrchestrator(this.#t, { args: words, env: { CACHE_DIR: testCacheDir } });
    await volunteersConnected(this.#started.api, workers);
    return { ok: true, text: this.#asPrinted(`Zerverless is ready at ${this.#started.url.origin}`) };
  }

  async #work(url: string, words: readonly string[]): Promise<Printed> {
    assert.equal(new URL(url).port, printedPort);
    const { api, volunteerUrl } = this.orchestrator;
    const { total } = (await api.get("/api/volunteers")).json() as { total: number };
    const worker = spawnWorker(this.#t, volunteerUrl, words);
    await volunteersConnected(api, total + 1);
    worker.process.kill("SIGTERM");
    return { ok: (await worker.ended) === 0, text: "" };
  }

  async #curl(command: string, staysOpen: boolean): Promise<Printed> {
    const { api } = this.orchestrator;
    const here = this.#here(command);
    if (staysOpen) {
      using reader = await EventReader.open(new URL(/http:[^"\s]+/.exec(here)?.[0] ?? ""));
      return { ok: reader.response.statusCode === 200, text: JSON.stringify((await reader.next())?.data) };
    }
    const answer = this.#hasCurl ? await this.#curlInShell(here) : await this.#curlStandIn(here);
    const member = (name: string) => new RegExp(`^\\{"${name}":"([^"]+)"`).exec(answer.text)?.[1];
    this.#keep("JOB_ID", member("id"));
    this.#keep("CID", member("cid"));
    const ok = answer.status >= 200 && answer.status < 300;
    const text = answer.text.replaceAll(api.url.host, `localhost:${printedPort}`);
    return { ok, text: this.#asPrinted(text) };
  }

  async #curlInShell(command: string): Promise<{ status: number; text: string }> {
    const { stdout, stderr } = await run("bash", ["--norc", "-c", command], this.#surroundings());
    return { status: Number(stderr), text: stdout };
  }

  /** For machines without curl. */
  async #curlStandIn(command: string): Promise<{ status: number; text: string }> {
    const [read] = curlCommands(`\`\`\`bash\n${command}\n\`\`\`\n`);
    assert.ok(read);
    return runCurl(this.orchestrator.api, read, this.#cwd);
  }

  /** Anything else. What a terminal would show is what it prints, on whichever stream. */
  async #shell(command: string, returns: string | undefined): Promise<Printed> {
    const script = `{ ${this.#here(command)}\n} 2>&1`;
    const child = spawn("bash", ["--norc", "-c", script], {
      ...this.#surroundings(),
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const staysOpen = openEnded.test(command);
    let text = "";
    const ended = Promise.withResolvers<number>();
    const timer = setTimeout(() => stop(), seenWithinMs);
    const stop = () => child.pid !== undefined && process.kill(-child.pid, "SIGINT");
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text += this.#asPrinted(piece);
      if (staysOpen && agrees(text, returns ?? "…\n")) stop();
    });
    child.once("error", ended.reject).once("close", (code) => ended.resolve(code ?? 1));
    const code = await ended.promise.finally(() => clearTimeout(timer));
    if (command.includes("--detach")) this.#keep("JOB_ID", text.trim());
    return { ok: staysOpen || code === 0, text };
  }

  #surroundings() {
    const url = this.#started?.url.origin ?? "";
    const path = [join(this.folder, "bin"), process.env.PATH].join(delimiter);
    // Node's pipes are sockets, which bash takes for a remote login that wants its settings read.
    const env = { PATH: path, HOME: this.folder, CURL_HOME: this.folder, ZERVERLESS_URL: url };
    const dataDir = this.#started?.dataDir ?? join(this.folder, "data");
    return { cwd: this.#cwd, env: { ...env, DATA_DIR: dataDir, ...this.#exported } };
  }

  #here(command: string): string {
    return this.#started ? command.replaceAll(`:${printedPort}`, `:${this.#started.url.port}`) : command;
  }

  #asPrinted(text: string): string {
    return this.#started ? text.replaceAll(`:${this.#started.url.port}`, `:${printedPort}`) : text;
  }

  #keep(name: string, value: string | undefined): void {
    if (value) this.#names.set(name, value);
  }

  #filledIn(command: string): string {
    return command.replace(/\b(?:JOB_ID|CID)\b/g, (name) => {
      const value = this.#names.get(name);
      assert.ok(value, `no answer before has told the ${name}`);
      return value;
    });
  }
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const looks = folders.map((folder) => access(join(folder, program)));
  return Promise.any(looks).then(
    () => true,
    () => false,
  );
}
