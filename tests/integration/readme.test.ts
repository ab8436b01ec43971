import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { access, copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { buildWasmExamples } from "../../scripts/build-wasm-examples.ts";
import { curlCommands, runCurl } from "../support/curl.ts";
import { EventReader } from "../support/event-source.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { agrees, pageBlocks, pageCommands, withoutComment } from "../support/page-commands.ts";
import { type SpawnedOrchestrator, spawnOrchestrator } from "../support/spawn.ts";
import { spawnWorker, testCacheDir, volunteersConnected } from "../support/worker.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const readme = await readFile(join(root, "README.md"), "utf8");
/** The module that the page uploads; `make build` leaves it there. */
const built = "examples/wasm-add/build/add.wasm";
const printedHost = "localhost:8000";

/** Where a reader would type the commands: the files that they name are there, and an orchestrator once it was started. */
class Desk {
  readonly #t: TestContext;
  readonly #folder: string;
  readonly #hasCurl: boolean;
  #started: SpawnedOrchestrator | undefined;
  /** What stands for an answer's part in the commands after it. */
  readonly #names = new Map<string, string>();

  private constructor(t: TestContext, folder: string, hasCurl: boolean) {
    this.#t = t;
    this.#folder = folder;
    this.#hasCurl = hasCurl;
  }

  static async open(t: TestContext): Promise<Desk> {
    const folder = await temporaryDirectory(t);
    await mkdir(join(folder, "examples/wasm-add/build"), { recursive: true });
    await copyFile(join(root, built), join(folder, built));
    // What curl prints of itself goes where it is not mixed with the answer.
    const settings = 'silent\nshow-error\nmax-time = 60\nwrite-out = "%{stderr}%{http_code}"\n';
    await writeFile(join(folder, ".curlrc"), settings);
    return new Desk(t, folder, await isInstalled("curl"));
  }

  /** Types a command. Rejects when it cannot be run. */
  async type(command: string): Promise<{ ok: boolean; text: string }> {
    const [program = "", ...words] = withoutComment(command).split(/\s+/);
    if (program === "make") return this.#make(words);
    if (program === "./bin/zerverless") return this.#start(words);
    if (program === "echo") return await this.#echo(command);
    if (program === "curl") return this.#curl(this.#filledIn(command), words[0] === "-N");
    throw new Error(`This test does not know how to run ${program}.`);
  }

  async #echo(command: string): Promise<{ ok: boolean; text: string }> {
    const { stdout } = await run("bash", ["--norc", "-c", command], { cwd: this.#folder });
    return { ok: true, text: stdout };
  }

  /** The commands that make would run: that they do what they say is for other tests. */
  async #make(words: readonly string[]): Promise<{ ok: boolean; text: string }> {
    const { stdout } = await run("make", ["--dry-run", ...words], { cwd: root });
    return { ok: stdout !== "", text: "" };
  }

  async #start(words: readonly string[]): Promise<{ ok: boolean; text: string }> {
    const [flag, value = ""] = words;
    if (flag === "--worker") {
      assert.equal(new URL(value).host, printedHost);
      const { api, volunteerUrl } = this.#orchestrator;
      const { total } = (await api.get("/api/volunteers")).json() as { total: number };
      const worker = spawnWorker(this.#t, volunteerUrl, words.slice(2));
      await volunteersConnected(api, total + 1);
      worker.process.kill("SIGTERM");
      return { ok: (await worker.ended) === 0, text: "" };
    }
    assert.deepEqual([flag, this.#started], ["--workers", undefined]);
    this.#started = await spawnOrchestrator(this.#t, { args: words, env: { CACHE_DIR: testCacheDir } });
    await volunteersConnected(this.#started.api, Number(value));
    return { ok: true, text: "" };
  }

  async #curl(command: string, staysOpen: boolean): Promise<{ ok: boolean; text: string }> {
    const { api, url } = this.#orchestrator;
    const host = `localhost:${url.port}`;
    const here = command.replaceAll(printedHost, host);
    if (staysOpen) {
      using reader = await EventReader.open(new URL(/http:[^"\s]+/.exec(here)?.[0] ?? ""));
      return { ok: reader.response.statusCode === 200, text: JSON.stringify((await reader.next())?.data) };
    }
    const answer = this.#hasCurl ? await this.#inShell(here) : await this.#standIn(here);
    const { id, cid } = membersOf(answer.text);
    if (id) this.#names.set("JOB_ID", id);
    if (cid) this.#names.set("CID", cid);
    const ok = answer.status >= 200 && answer.status < 300;
    return { ok, text: answer.text.replaceAll(host, printedHost).replaceAll(api.url.host, printedHost) };
  }

  async #inShell(command: string): Promise<{ status: number; text: string }> {
    // Node's pipes are sockets, which bash takes for a remote login that wants its settings read.
    const { stdout, stderr } = await run("bash", ["--norc", "-c", command], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, CURL_HOME: this.#folder },
    });
    return { status: Number(stderr), text: stdout };
  }

  /** For machines without curl. */
  async #standIn(command: string): Promise<{ status: number; text: string }> {
    const [read] = curlCommands(`\`\`\`bash\n${command}\n\`\`\`\n`);
    assert.ok(read);
    return runCurl(this.#orchestrator.api, read, this.#folder);
  }

  #filledIn(command: string): string {
    return command.replace(/\b(?:JOB_ID|CID)\b/g, (name) => {
      const value = this.#names.get(name);
      assert.ok(value, `no answer before has told the ${name}`);
      return value;
    });
  }

  get #orchestrator(): SpawnedOrchestrator {
    assert.ok(this.#started, "no orchestrator was started before");
    return this.#started;
  }
}

test("every command of README.md does what it says, in the order it is printed", {
  timeout: 180_000,
}, async (t) => {
  await buildWasmExamples();
  const desk = await Desk.open(t);
  const commands = pageCommands(readme);
  const curls = commands.filter(({ text }) => text.startsWith("curl "));
  assert.ok(curls.length >= 30, "the page lost its commands, or this test its eyes");
  for (const { line, text, returns } of commands) {
    await t.test(`line ${line}: ${text.split("\n", 1)}`, async () => {
      const answer = await desk.type(text);
      if (returns === undefined) assert.ok(answer.ok, `it answered ${answer.text}`);
      else assert.ok(agrees(answer.text, returns), `it answered ${answer.text}\nand not   ${returns}`);
    });
  }
});

test("the handlers that README.md shows answer as they say", { timeout: 90_000 }, async (t) => {
  const { api } = await spawnOrchestrator(t, { args: ["--workers", "1"], env: { CACHE_DIR: testCacheDir } });
  const runtimes = { lua: "lua", javascript: "js", python: "python" };
  for (const [language, runtime] of Object.entries(runtimes)) {
    await t.test(language, async () => {
      const [code, ...others] = pageBlocks(readme, language);
      assert.deepEqual(others, []);
      const deployed = await api.post(`/api/deploy/readme/${runtime}`, { runtime, code });
      assert.equal(deployed.status, 201, deployed.text);
      const answer = await api.get(`/readme/${runtime}`);
      assert.deepEqual(
        [answer.status, answer.headers["content-type"], answer.text],
        [200, "application/json", "response body"],
      );
    });
  }
});

test("commands are read as a shell would", () => {
  const page = [
    "```bash",
    "# a comment",
    "first --flag   # said",
    "second \\",
    "  -d '{",
    '    "a": "# no comment"',
    "  }'",
    '# Returns: {"b":…}',
    "```",
    "```lua",
    "third()",
    "```",
  ].join("\n");
  assert.deepEqual(pageCommands(page), [
    { line: 3, text: "first --flag   # said", returns: undefined },
    { line: 4, text: 'second \\\n  -d \'{\n    "a": "# no comment"\n  }\'', returns: '{"b":…}' },
  ]);
  assert.ok(agrees('{"b":1}\n', '{"b":…}'));
  assert.ok(!agrees('{"b":1}', '{"c":…}'));
  assert.throws(() => pageCommands("```bash\necho 'open\n```\n"), /line 2/);
});

function membersOf(text: string): { id?: string | undefined; cid?: string | undefined } {
  const read = (name: string) => new RegExp(`^\\{"${name}":"([^"]+)"`).exec(text)?.[1];
  return { id: read("id"), cid: read("cid") };
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const looks = folders.map((folder) => access(join(folder, program)));
  return Promise.any(looks).then(
    () => true,
    () => false,
  );
}
