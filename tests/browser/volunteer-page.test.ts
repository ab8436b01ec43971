import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { adminHeaders, lockedEnv, makeToken } from "../support/access.ts";
import { accessibilityFaults } from "../support/axe.ts";
import { launchBrowser, withoutBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { runJob } from "../support/jobs.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import {
  faultsOf,
  openVolunteerPage,
  startButton,
  theVolunteer,
  volunteersOf,
  volunteerTab,
} from "../support/volunteer-tab.ts";
import { testCacheDir } from "../support/worker.ts";

const env = { CACHE_DIR: testCacheDir };
const one = { job_type: "js", code: "1" } as const;
const firstPaintBytesMax = 60 * 1024;

const statOf = (page: Page, label: string) =>
  page.locator(".stat").filter({ hasText: label }).locator(".stat__value");
const headline = (page: Page, text: string | RegExp) =>
  page.locator(".panel .badge").filter({ hasText: text });

describe("the volunteer page", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("runs nothing until its button is pressed, and stops when it is pressed again", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const tab = await openVolunteerPage(t, browser, orchestrator);
    const { page } = tab;
    await headline(page, "Not running").waitFor();
    assert.deepEqual([await volunteersOf(api), page.workers(), page.frames().length], [[], [], 1]);
    await startButton(page).click();
    await headline(page, "Connected to").waitFor();
    await theVolunteer(api);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await headline(page, "Not running").waitFor();
    await eventually(async () => (await volunteersOf(api)).length === 0);
    assert.deepEqual(faultsOf(tab), []);
  });

  test("shows what runs and for whom, and adds up what was done, for the next visit too", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await volunteerTab(t, browser, orchestrator);
    const code = "await new Promise((done) => setTimeout(done, 1000)); 1";
    const job = runJob(api, { job_type: "js", namespace: "alice", code });
    await page.getByText("JavaScript job for alice").waitFor();
    await job;
    await runJob(api, { job_type: "lua", code: "return 1" });
    const done = statOf(page, "Jobs and calls done");
    await done.filter({ hasText: /^2$/ }).waitFor();
    // It is saved within seconds, and when the work stops.
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await headline(page, "Not running").waitFor();
    await page.reload();
    await done.filter({ hasText: /^2$/ }).waitFor();
    assert.match((await statOf(page, "Computing time given").textContent()) ?? "", /^1\.?\d* s$/);
    await page.locator(".shares li").filter({ hasText: "Lua" }).getByText("1 job or call").waitFor();
    await page.getByRole("img", { name: /^2 jobs and calls and .* in the last hour\.$/ }).waitFor();
  });

  test("counts the work of several tabs together", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await volunteerTab(t, browser, orchestrator);
    const other = await page.context().newPage();
    await other.goto(page.url());
    await startButton(other).click();
    await eventually(async () => (await volunteersOf(api)).length === 2);
    await Promise.all(Array.from({ length: 20 }, () => runJob(api, one)));
    for (const tab of [page, other])
      await statOf(tab, "Jobs and calls done").filter({ hasText: /^20$/ }).waitFor();
  });

  test("works with the settings that the visitor chooses, at once and on the next visit", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await volunteerTab(t, browser, orchestrator, { cores: 1 });
    assert.equal((await theVolunteer(api)).slots, 1);
    await page.getByLabel("Cores").fill("2");
    await page.getByLabel("Memory for one job").selectOption("1 GB");
    await page.getByLabel("Python", { exact: true }).selectOption("never");
    await eventually(async () => {
      const [volunteer, ...others] = await volunteersOf(api);
      const { python, max_memory_mb } = volunteer?.capabilities ?? {};
      return others.length === 0 && volunteer?.slots === 2 && python === false && max_memory_mb === 1024;
    });
    await page.reload();
    await startButton(page).click();
    await eventually(async () => (await volunteersOf(api))[0]?.slots === 2);
  });

  test("starts by itself only for those who chose that", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    await page.getByLabel("Start by itself").check();
    await page.reload();
    await headline(page, "Connected to").waitFor();
    await theVolunteer(orchestrator.api);
  });

  test("pauses for an hour, also over a reload, and goes on when told", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await openVolunteerPage(t, browser, orchestrator, { startByItself: true });
    await theVolunteer(api);
    await page.clock.install();
    await page.getByRole("button", { name: "Pause for an hour" }).click();
    await headline(page, /Paused until \d\d:\d\d/).waitFor();
    await eventually(async () => (await volunteersOf(api)).length === 0);
    await page.reload();
    await headline(page, /Paused until/).waitFor();
    await page.clock.fastForward("01:00:01");
    await headline(page, "Connected to").waitFor();
    await page.getByRole("button", { name: "Pause for an hour" }).click();
    await page.getByRole("button", { name: "Go on now" }).click();
    await theVolunteer(api);
  });

  test("stops after the job at hand when asked to", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await volunteerTab(t, browser, orchestrator);
    const job = runJob(api, {
      job_type: "js",
      code: "await new Promise((done) => setTimeout(done, 1500)); 1",
    });
    await page.getByText("JavaScript job for default").waitFor();
    await page.getByRole("button", { name: "Stop after this job" }).click();
    await headline(page, "Stopping").waitFor();
    const { status, attempts } = await job;
    assert.deepEqual([status, attempts], ["completed", 1]);
    await headline(page, "Not running").waitFor();
    assert.deepEqual(await volunteersOf(api), []);
  });

  test("pauses on battery and says so, until it is plugged in or allowed", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    await page.addInitScript(() => {
      const battery = Object.assign(new EventTarget(), { charging: false });
      Object.assign(navigator, { getBattery: async () => battery });
      Object.assign(globalThis, {
        plug: (charging: boolean) => {
          battery.charging = charging;
          battery.dispatchEvent(new Event("chargingchange"));
        },
      });
    });
    const plug = (charging: boolean) =>
      page.evaluate((on) => (globalThis as unknown as { plug(on: boolean): void }).plug(on), charging);
    await page.reload();
    await startButton(page).click();
    await headline(page, "Paused: on battery").waitFor();
    assert.deepEqual(await volunteersOf(api), []);
    await plug(true);
    await theVolunteer(api);
    await plug(false);
    await headline(page, "Paused: on battery").waitFor();
    await page.getByLabel("Work on battery too").check();
    await headline(page, "Connected to").waitFor();
  });

  test("says in a sentence what a browser lacks, and works with what it has", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    await page.route("**/volunteer/", async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers() };
      delete headers["cross-origin-opener-policy"];
      delete headers["cross-origin-embedder-policy"];
      await route.fulfill({ response, headers });
    });
    await page.reload();
    await page.getByText("work that uses the database goes to others").waitFor();
    await startButton(page).click();
    const { capabilities } = await theVolunteer(api);
    assert.equal(capabilities.db, false);
    assert.equal((await runJob(api, { job_type: "js", code: "6 * 7" })).result, 42);
  });

  test("says why when it can't be started, and can be tried again", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    await page.route("**/volunteer/cells.json", (route) => route.abort());
    await startButton(page).click();
    await headline(page, "It could not be started").waitFor();
    await page.getByText("could not be reached").waitFor();
    await page.unroute("**/volunteer/cells.json");
    await startButton(page).click();
    await headline(page, "Connected to").waitFor();
  });

  test("shows a token where the orchestrator asks for one, and is trusted by it", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env: { ...env, ...lockedEnv } });
    const { api } = orchestrator;
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    await startButton(page).click();
    await headline(page, "asks for a token").waitFor();
    const { token } = await makeToken(api, ["volunteer"]);
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Use it" }).click();
    await headline(page, "Connected to").waitFor();
    const listed = (await api.get("/api/volunteers", adminHeaders)).json();
    assert.partialDeepStrictEqual(listed, { volunteers: [{ trusted: true, kind: "browser" }] });
  });

  test("volunteers without a token where that is allowed", async (t) => {
    const locked = { ...env, ...lockedEnv, ANONYMOUS_VOLUNTEERS: "on" };
    const orchestrator = await bootOrchestrator(t, { env: locked });
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    await startButton(page).click();
    await headline(page, "Connected to").waitFor();
  });

  test("needs little before it can be read", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await page.reload({ waitUntil: "networkidle" });
    t.diagnostic(`${bytes} bytes`);
    assert.ok(bytes > 5000 && bytes <= firstPaintBytesMax, `${bytes} bytes`);
  });

  test("can be used by keyboard alone, and tells screen readers what matters", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    const button = startButton(page);
    for (let tabs = 0; tabs < 10; tabs++) {
      await page.keyboard.press("Tab");
      if (await button.evaluate((element) => element === document.activeElement)) break;
    }
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "Connected to" }).waitFor({ state: "attached" });
  });

  test("can be installed as an app", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await openVolunteerPage(t, browser, orchestrator);
    const session = await page.context().newCDPSession(page);
    const { data, errors } = await session.send("Page.getAppManifest");
    const manifest = JSON.parse(data ?? "{}") as { icons: { src: string }[]; start_url: string };
    assert.deepEqual([errors, manifest.start_url], [[], "/volunteer/"]);
    for (const { src } of manifest.icons) {
      const icon = await orchestrator.api.get(src);
      assert.deepEqual([icon.status, icon.headers["content-type"]], [200, "image/png"]);
    }
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`is legible and well-formed for everybody in ${colorScheme} colours, idle and at work`, async (t) => {
      const orchestrator = await bootOrchestrator(t, { env });
      const viewport = { width: 360, height: 740 };
      const { page } = await openVolunteerPage(t, browser, orchestrator, {}, { colorScheme, viewport });
      await headline(page, "Not running").waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      await startButton(page).click();
      await runJob(orchestrator.api, one);
      await statOf(page, "Jobs and calls done").filter({ hasText: /^1$/ }).waitFor();
      assert.deepEqual(await accessibilityFaults(page), []);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide`);
    });
  }
});
