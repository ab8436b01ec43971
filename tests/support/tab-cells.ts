import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { buildTabKernel } from "../../scripts/build-tab-kernel.ts";
import { frameHeaders } from "../../src/http/site/frame-headers.ts";
import { pageHeaders } from "../../src/http/site/site-headers.ts";
import { launchBrowser } from "./browser.ts";
import type { CellWork } from "./cell-runner.ts";
import { pythonFiles } from "./python-files.ts";
import type { Ran } from "./run-case.ts";

/** Defined by tab/page.ts. */
declare function runInTab(runner: string, workJson: string): Promise<{ ran: Ran; lived: boolean }>;
declare function tellFromTab(runner: string, worksJson: string): Promise<void>;
declare function loadInTab(instance: string, workJson: string): Promise<{ ran: Ran; lived: boolean }>;
declare function callInTab(instance: string, requestJson: string): Promise<{ ran: Ran; lived: boolean }>;
declare function runRawInTab(codes: readonly string[]): Promise<{ results: string[] }>;
declare function floodTab(workJson: string, cells: number, count: number): Promise<{ wallMs: number }>;

export interface RanInTab extends Ran {
  /** Whether the cell that it ran in goes on. */
  readonly lived: boolean;
}

/** Cells in a real browser's tab, made by the same frame and host as those of the volunteer page. */
export class TabCells implements AsyncDisposable {
  readonly url: string;
  readonly browser: Browser;
  readonly page: Page;
  readonly #server: Server;

  private constructor(server: Server, url: string, browser: Browser, page: Page) {
    this.#server = server;
    this.url = url;
    this.browser = browser;
    this.page = page;
  }

  /** @param isIsolated whether the page is served so that its threads may share memory */
  static async start({ isIsolated = true } = {}): Promise<TabCells> {
    const server = await serve(await testSite(isIsolated));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const url = `http://127.0.0.1:${port}/`;
    const browser = await launchBrowser();
    const page = await browser.newPage();
    await page.goto(url);
    return new TabCells(server, url, browser, page);
  }

  /** @param runner work of the same name runs in the same cell, as long as that lives */
  async run(work: CellWork, runner: string = work.language): Promise<RanInTab> {
    const given = [runner, jsonOf(work)] as const;
    const answer = await this.page.evaluate(([name, json]) => runInTab(name, json), given);
    return { ...answer.ran, lived: answer.lived };
  }

  /** Loads a function into a cell of its own, which calls go to by this name. */
  async load(
    instance: string,
    work: CellWork & { readonly env?: Readonly<Record<string, string>> },
  ): Promise<RanInTab> {
    const given = [instance, jsonOf(work)] as const;
    const answer = await this.page.evaluate(([name, json]) => loadInTab(name, json), given);
    return { ...answer.ran, lived: answer.lived };
  }

  async call(instance: string, request: object): Promise<RanInTab> {
    const given = [instance, JSON.stringify(request)] as const;
    const answer = await this.page.evaluate(([name, json]) => callInTab(name, json), given);
    return { ...answer.ran, lived: answer.lived };
  }

  /**
   * Runs works one after the other where one of them ends the frame's process: Playwright then takes the whole page for
   * crashed and asks it nothing any more. So the page tells by itself what came of them.
   */
  async runThroughCrash(works: readonly CellWork[], runner = "crash"): Promise<RanInTab[]> {
    const told = new Promise<string>((resolve) => this.#server.once("told", resolve));
    await this.page.evaluate(([name, json]) => void tellFromTab(name, json), [
      runner,
      JSON.stringify(works),
    ] as const);
    const answers = JSON.parse(await told) as { ran: Ran; lived: boolean }[];
    return answers.map(({ ran, lived }) => ({ ...ran, lived }));
  }

  /**
   * Evaluates code in workers made by the same frame in the same way, at once, with their whole global scope.
   * @returns `got …` or `refused: …` for each
   */
  async runRaw(codes: readonly string[]): Promise<string[]> {
    const { results } = await this.page.evaluate((given) => runRawInTab(given), codes);
    return results;
  }

  /** Runs the same work many times. @returns how long that took, in milliseconds */
  async flood(work: CellWork, cells: number, count: number): Promise<number> {
    const given = [JSON.stringify(work), cells, count] as const;
    const { wallMs } = await this.page.evaluate(
      ([json, lanes, times]) => floodTab(json, lanes, times),
      given,
    );
    return wallMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const jsonOf = (work: CellWork): string =>
  JSON.stringify(work, (_, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value,
  );

interface Reply {
  readonly headers: Readonly<Record<string, string>>;
  body(): Promise<string | Uint8Array> | string;
}

async function testSite(isIsolated: boolean): Promise<ReadonlyMap<string, Reply>> {
  const [page, engine, { script, frame }] = await Promise.all([
    bundle("page"),
    bundle("engine"),
    buildTabKernel(),
  ]);
  const html = '<!doctype html><title>Cells</title><body><script src="/page.js"></script>';
  const js = { "content-type": "text/javascript", "cross-origin-embedder-policy": "require-corp" };
  const { "cross-origin-opener-policy": _, ...alone } = pageHeaders;
  const shared: Reply["headers"] = isIsolated ? pageHeaders : alone;
  const bytes = { "content-type": "application/octet-stream" };
  return new Map<string, Reply>([
    ["/", { headers: { ...shared, "content-type": "text/html" }, body: () => html }],
    ["/page.js", { headers: js, body: () => page }],
    ["/engine.js", { headers: js, body: () => engine }],
    ["/cell.js", { headers: js, body: () => script.text }],
    ["/frame", { headers: { ...frameHeaders(frame), "content-type": "text/html" }, body: () => frame }],
    ["/python.wasm", { headers: bytes, body: async () => readFile((await pythonFiles()).wasm) }],
    ["/python.snapshot", { headers: bytes, body: async () => readFile((await pythonFiles()).snapshot) }],
  ]);
}

async function bundle(name: string): Promise<string> {
  const file = join(dirname(fileURLToPath(import.meta.url)), "tab", `${name}.ts`);
  const { outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    format: "iife",
    write: false,
    target: "esnext",
  });
  return outputFiles[0]?.text ?? "";
}

async function serve(site: ReadonlyMap<string, Reply>): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.url === "/told") server.emit("told", await text(request));
    const reply = site.get(request.url ?? "");
    if (reply) response.writeHead(200, reply.headers).end(await reply.body());
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
