import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser } from "playwright-core";
import type { JobDetail } from "../../src/protocol/job.ts";
import { launchBrowser, withoutBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { HiddenTab } from "../support/hidden-tab.ts";
import { ended, runJob } from "../support/jobs.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { theVolunteer, volunteerTab } from "../support/volunteer-tab.ts";
import { testCacheDir } from "../support/worker.ts";

const hiddenMs = 120_000;
const lookEveryMs = 10_000;
const pieces = 400;
const pieceMs = 5;

/* These take as long as the time that they are about, so they run beside each other. */
describe("over time, a tab", { skip: withoutBrowser, concurrency: true }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("that nobody looks at for two minutes keeps its connection and works", async (t) => {
    const env = {
      CACHE_DIR: testCacheDir,
      // Of two timers that a hidden page may slow down to one a minute, none would come in time for this.
      VOLUNTEER_HEARTBEAT_INTERVAL: "2s",
      VOLUNTEER_TIMEOUT: "10s",
    };
    const { api, url } = await bootOrchestrator(t, { env });
    const tab = await HiddenTab.open(browser, new URL("/volunteer/", url).href);
    const settings = JSON.stringify({ cores: 1, sharePercent: 100, startByItself: true });
    await eventually(async () => (await tab.evaluate("document.querySelector('h1') !== null")) === true);
    await tab.evaluate(`localStorage.setItem("zerverless.volunteer", ${JSON.stringify(settings)})`);
    await tab.evaluate("location.reload()");
    const { id } = await theVolunteer(api);
    for (const end = performance.now() + hiddenMs; performance.now() < end; await delay(lookEveryMs)) {
      const { result, volunteer_id } = await runJob(api, { job_type: "js", code: "6 * 7" });
      assert.deepEqual([result, volunteer_id], [42, id], "it is the connection of the beginning");
      assert.equal(await tab.evaluate("document.visibilityState"), "hidden");
    }
  });

  test("that gives a quarter of a core is busy for a quarter of the time, over many short jobs", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env: { CACHE_DIR: testCacheDir } });
    const { api } = orchestrator;
    await volunteerTab(t, browser, orchestrator, { sharePercent: 25 });
    await runJob(api, { job_type: "js", code: "1" });
    const code = `const end = performance.now() + ${pieceMs}; while (performance.now() < end);`;
    const submitted = await api.post(
      "/api/jobs",
      Array.from({ length: pieces }, () => ({ job_type: "js", code })),
    );
    assert.equal(submitted.status, 201, submitted.text);
    const { jobs } = submitted.json() as { jobs: JobDetail[] };
    const done = await Promise.all(jobs.map((job) => ended(api, job)));
    const busyMs = done.reduce((sum, { stats }) => sum + (stats?.wall_ms ?? Number.NaN), 0);
    const begin = Math.min(...done.map(({ started_at }) => Date.parse(started_at ?? "")));
    const end = Math.max(...done.map(({ completed_at }) => Date.parse(completed_at ?? "")));
    const percent = (100 * busyMs) / (end - begin);
    t.diagnostic(`busy for ${percent.toFixed(1)}% of ${end - begin} ms`);
    assert.ok(percent >= 15 && percent <= 35, `busy for ${percent}%`);
  });
});
