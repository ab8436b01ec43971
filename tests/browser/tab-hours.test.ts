import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, withoutBrowser } from "../support/browser.ts";
import { runJob } from "../support/jobs.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { theVolunteer, volunteerTab } from "../support/volunteer-tab.ts";
import { testCacheDir } from "../support/worker.ts";

const hiddenMs = 120_000;

/** Puts another tab before it; a browser without windows tells a page so only when asked to. */
async function hide(page: Page): Promise<void> {
  const other = await page.context().newPage();
  await other.bringToFront();
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
}

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
      // Timers that hidden pages may use once a minute would be too late for this.
      VOLUNTEER_HEARTBEAT_INTERVAL: "2s",
      VOLUNTEER_TIMEOUT: "6s",
    };
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await volunteerTab(t, browser, orchestrator);
    await hide(page);
    const { id } = await theVolunteer(orchestrator.api);
    const end = performance.now() + hiddenMs;
    while (performance.now() < end) {
      await delay(10_000);
      const { result, volunteer_id } = await runJob(orchestrator.api, { job_type: "js", code: "6 * 7" });
      assert.deepEqual([result, volunteer_id], [42, id]);
    }
  });
});
