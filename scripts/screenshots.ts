/**
 * Makes pictures of every page, in light and dark and at three widths, into build/screenshots: an orchestrator with workers
 * and a volunteering tab is started, filled and put to use for it. `node scripts/screenshots.ts [--seconds N] [--only NAME]`
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "../tests/support/browser.ts";
import { root, startOrchestrator, startWorker } from "./program.ts";
import { fillWithSamples, type SampleJobs, submitWaiting } from "./sample-data.ts";
import { sendTraffic } from "./sample-traffic.ts";

const widths = [360, 768, 1440] as const;
const schemes = ["light", "dark"] as const;
const folder = join(root, "build/screenshots");
/** At the height of a wave; a small machine falls behind then, so that a queue is to be seen. */
const jobsPerSecond = 120;
/** Charts are drawn and fonts are there by then. */
const settleMs = 700;

interface Shot {
  readonly name: string;
  readonly path: string;
  /** What is done before the picture is made. */
  readonly act?: (page: Page) => Promise<void>;
}

async function runExample(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("region", { name: "Result" }).waitFor({ timeout: 60_000 });
}

async function callFunction(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("Hello, Ada").first().waitFor({ timeout: 60_000 });
}

function view(name: string, path: string, act?: Shot["act"]): Shot {
  return { name, path: `/dashboard/${path}`, ...(act && { act }) };
}

/** What a newcomer sees. */
const firstShots: readonly Shot[] = [
  view("new-overview", ""),
  view("new-jobs", "jobs"),
  view("new-functions", "functions"),
  view("new-volunteers", "volunteers"),
];

function shotsOf(jobs: SampleJobs): readonly Shot[] {
  return [
    view("overview", ""),
    view("jobs", "jobs"),
    view("job-completed", `jobs/${jobs.completed}`),
    view("job-failed", `jobs/${jobs.failed}`),
    view("job-running", `jobs/${jobs.running}`),
    view("playground", "playground?example=mandelbrot", runExample),
    view("playground-function", "playground?example=greet-py", callFunction),
    view("functions", "functions"),
    view("function", "functions/shop/orders"),
    view("function-revisions", "functions/shop/orders?tab=revisions"),
    view("function-log", "functions/shop/orders?tab=log"),
    view("database", "database/shop"),
    view("database-value", "database/shop?key=settings"),
    view("files", "files/shop"),
    view("volunteers", "volunteers"),
    { name: "volunteer", path: "/volunteer/" },
  ];
}

async function takeAll(browser: Browser, url: string, shots: readonly Shot[]): Promise<void> {
  for (const colorScheme of schemes) {
    for (const width of widths) {
      const viewport = { width, height: width < 500 ? 780 : 900 };
      const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      for (const { name, path, act } of shots) {
        await page.goto(url + path);
        await act?.(page);
        // Placeholders stand for what is on its way.
        await page.locator("h1").first().waitFor();
        await page.locator(".skeleton").first().waitFor({ state: "detached" });
        await delay(settleMs);
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
      }
      await context.close();
    }
  }
}

/** A tab that volunteers, as long as its browser lives. */
async function volunteer(browser: Browser, url: string): Promise<void> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${url}/volunteer/`);
  await page.getByRole("button", { name: /start/i }).first().click();
}

/** An orchestrator without anything and anybody. */
async function showNew(browser: Browser, chosen: (shot: Shot) => boolean): Promise<void> {
  await using orchestrator = await startOrchestrator({ workers: 0 });
  const { url } = orchestrator;
  await takeAll(browser, url, firstShots.filter(chosen));
  await takeAll(browser, url, [view("job-waiting", `jobs/${await submitWaiting(url)}`)].filter(chosen));
}

/** One that is in use: two workers and a tab, with work for them. */
async function showUsed(browser: Browser, seconds: number, chosen: (shot: Shot) => boolean): Promise<void> {
  await using orchestrator = await startOrchestrator({ workers: 1 });
  await using _worker = startWorker(orchestrator.port);
  const { url } = orchestrator;
  const stop = new AbortController();
  try {
    await volunteer(browser, url);
    const jobs = await fillWithSamples(url);
    const traffic = sendTraffic(url, jobsPerSecond, stop.signal);
    await Promise.race([delay(seconds * 1000), traffic]);
    await takeAll(browser, url, shotsOf(jobs).filter(chosen));
    stop.abort();
    await traffic;
  } finally {
    stop.abort();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { seconds: { type: "string", default: "75" }, only: { type: "string" } },
  });
  const { seconds, only } = values;
  const chosen = ({ name }: Shot) => only === undefined || name === only;
  await mkdir(folder, { recursive: true });
  const browser = await launchBrowser();
  try {
    await showNew(browser, chosen);
    await showUsed(browser, Number(seconds), chosen);
  } finally {
    await browser.close();
  }
  console.log(`Pictures are in ${folder}.`);
}

await main();
