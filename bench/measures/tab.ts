import { join } from "node:path";
import type { Browser, BrowserContext } from "playwright-core";
import { type Orchestrator, Program, startOrchestrator } from "../../scripts/program.ts";
import type { JobDetail, JobSubmission } from "../../src/protocol/job.ts";
import { launchBrowser } from "../../tests/support/browser.ts";
import { runJob, uploadModule, volunteerCount } from "../api.ts";
import { assemble, computeCases } from "../compute/cases.ts";
import { sendLoad } from "../load/load.ts";
import { clickedAtMs, openTab, startButton, startTab, type TabOptions } from "../load/tab.ts";
import { type Bench, type BenchOptions, type Measurement, quantile } from "../measurement.ts";
import { jobRate } from "./throughput.ts";

const tabsBeside = 50;
const startsMeasured = 5;
const callsMeasured = 2000;
const warmUpCalls = 300;
const hello = 'function handle(req) { return { status: 200, body: "hello" }; }';

/** A browser's tab as the only volunteer. */
export const tab: Bench = async function* (options) {
  await using browser = await launchBrowser();
  yield* work(browser, options);
  yield* starts(browser);
};

/** Work that is all computing, in a tab and in a native worker. */
export const tabCompute: Bench = async function* ({ rounds }) {
  await using browser = await launchBrowser();
  await using native = await startOrchestrator({ workers: 1 });
  await using orchestrator = await volunteering(browser, { cores: 1, python: "ready" });
  for (const work of computeCases) {
    const module = work.language === "wasm" ? await assemble(work.code) : undefined;
    const submissionAt = async (url: string): Promise<JobSubmission> =>
      work.language === "wasm"
        ? { job_type: "wasm", wasm_cid: await uploadModule(url, module ?? new Uint8Array()) }
        : { job_type: work.language, code: work.code };
    const [here, there] = [await submissionAt(orchestrator.url), await submissionAt(native.url)];
    await wallMs(orchestrator.url, here);
    await wallMs(native.url, there);
    let [tabMin, nativeMin] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let pair = 0; pair < rounds * 3; pair += 1) {
      tabMin = Math.min(tabMin, await wallMs(orchestrator.url, here));
      nativeMin = Math.min(nativeMin, await wallMs(native.url, there));
    }
    yield {
      name: `${work.name} in a tab`,
      unit: "ms",
      measured: tabMin,
      baseline: { name: "native worker", value: nativeMin },
      ratioGoal: { atMost: 1.2 },
    };
  }
};

async function wallMs(url: string, submission: JobSubmission): Promise<number> {
  const { stats } = await runJob(url, submission);
  if (stats?.wall_ms === undefined) throw new Error("The job came back without its wall_ms.");
  return stats.wall_ms;
}

async function* work(browser: Browser, options: BenchOptions): AsyncGenerator<Measurement> {
  await using orchestrator = await volunteering(browser, { cores: 2, python: "when-needed" });
  await deployHello(orchestrator);
  const alone: Figures[] = [];
  const beside: Figures[] = [];
  // In turns, so that what else the machine does meets both alike.
  for (let round = 0; round < options.rounds; round += 1) {
    alone.push(await figures(orchestrator, options));
    await using _tabs = await moreTabs(orchestrator);
    beside.push(await figures(orchestrator, options));
  }
  const [rate, rateBeside] = [alone, beside].map((rounds) => quantile(rounds.map((round) => round.rate)));
  const [callMs, callMsBeside] = [alone, beside].map((rounds) =>
    quantile(rounds.map((round) => round.callMs)),
  );
  yield {
    name: "no-op JS jobs, 64 clients, one tab with 2 slots",
    unit: "jobs/s",
    measured: rate ?? Number.NaN,
    goal: { atLeast: 1000 },
  };
  yield {
    name: `warm JS hello served by a tab, p50 of ${callsMeasured}`,
    unit: "ms",
    measured: callMs ?? Number.NaN,
    goal: { atMost: 3 },
  };
  yield {
    name: `the same jobs with ${tabsBeside} more tabs connected`,
    unit: "jobs/s",
    measured: rateBeside ?? Number.NaN,
    baseline: { name: "without them", value: rate ?? Number.NaN },
    ratioGoal: { atLeast: 0.9 },
  };
  yield {
    name: "the same calls with them",
    unit: "ms",
    measured: callMsBeside ?? Number.NaN,
    baseline: { name: "without them", value: callMs ?? Number.NaN },
    ratioGoal: { atMost: 1.1 },
  };
}

/** Connections as many more tabs would hold them, until they are disposed of. */
async function moreTabs({ port, url }: Orchestrator): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const script = join(import.meta.dirname, "../load/tabs.ts");
  const tabs = stack.use(new Program(process.execPath, [script, `${port}`, `${tabsBeside}`]));
  const count = async (wanted: number) => ((await volunteerCount(url)) === wanted ? true : undefined);
  await tabs.until("all were connected", () => count(tabsBeside + 1));
  const owned = stack.move();
  return {
    async [Symbol.asyncDispose]() {
      await owned.disposeAsync();
      while ((await count(1)) === undefined) await new Promise(setImmediate);
    },
  };
}

async function deployHello({ url }: Orchestrator): Promise<void> {
  const deployed = await fetch(`${url}/api/deploy/bench/hello`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ runtime: "js", code: hello, placement: "any" }),
  });
  if (deployed.status !== 201) throw new Error(`Status ${deployed.status}: ${await deployed.text()}`);
}

interface Figures {
  readonly rate: number;
  readonly callMs: number;
}

/** What the tab can do now. */
async function figures(orchestrator: Orchestrator, options: BenchOptions): Promise<Figures> {
  const rate = await jobRate(orchestrator, options);
  const { port } = orchestrator;
  const calls = {
    method: "GET",
    body: "",
    accept: [200],
    port,
    path: "/bench/hello",
    connections: 1,
  } as const;
  await sendLoad("node", { ...calls, count: warmUpCalls });
  const { p50Ms } = await sendLoad("node", { ...calls, count: callsMeasured });
  return { rate, callMs: p50Ms };
}

/** From the press of the button to the end of the first job, which waits for it. */
async function* starts(browser: Browser): AsyncGenerator<Measurement> {
  await using orchestrator = await startOrchestrator({ workers: 0 });
  const goals = { js: 300, python: 2500 } as const;
  for (const language of ["js", "python"] as const) {
    const times: number[] = [];
    const profile = await browser.newContext();
    // The first visit fills the browser's cache.
    for (let visit = 0; visit <= startsMeasured; visit += 1) {
      const ms = await firstJobMs(profile, orchestrator, language);
      if (visit > 0) times.push(ms);
    }
    await profile.close();
    yield {
      name: `a press of the button, to the first ${language === "js" ? "JS" : "Python"} job's end`,
      unit: "ms",
      measured: quantile(times),
      goal: { atMost: goals[language] },
    };
  }
}

async function firstJobMs(
  profile: BrowserContext,
  { url }: Orchestrator,
  job_type: "js" | "python",
): Promise<number> {
  const page = await openTab(profile, url, { cores: 1, python: "when-needed" });
  await page.waitForLoadState("networkidle");
  const job: Promise<JobDetail> = runJob(url, { job_type, code: "1" });
  await startButton(page).click();
  const { completed_at } = await job;
  const ms = Date.parse(completed_at ?? "") - (await clickedAtMs(page));
  await page.close();
  while ((await volunteerCount(url)) > 0) await new Promise(setImmediate);
  return ms;
}

/** An orchestrator whose only volunteer is a tab. */
async function volunteering(browser: Browser, options: TabOptions): Promise<Orchestrator> {
  const orchestrator = await startOrchestrator({ workers: 0 });
  const page = await openTab(await browser.newContext(), orchestrator.url, options);
  await startTab(page, orchestrator.program, orchestrator.url);
  return orchestrator;
}
