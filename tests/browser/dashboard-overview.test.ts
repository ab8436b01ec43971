import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Zerverless } from "../../src/client/index.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { watchLayout } from "../support/layout-shift.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";
import { testCacheDir } from "../support/worker.ts";

/** As the issue has it, without the editor. */
const firstLoadBytesMax = 150 * 1024;

describe("the dashboard's overview", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(t: TestContext, workers: number) {
    const booted = await bootOrchestrator(t, { flags: { workers }, env: { CACHE_DIR: testCacheDir } });
    const opened = await openPage(t, browser);
    const go = () => opened.page.goto(new URL("/dashboard/", booted.url).href);
    return { ...booted, client: new Zerverless({ url: booted.url }), go, ...opened };
  }

  const figure = (page: Page, label: string) =>
    page.locator(".stat").filter({ has: page.getByText(label, { exact: true }) });
  const chart = (page: Page, title: string) => page.getByRole("region", { name: title, exact: true });

  test("a newcomer is led to a first volunteer and a first job", async (t) => {
    const { page, url, go, complaints } = await open(t, 0);
    await go();
    await page.getByText("No volunteers yet").waitFor();
    await page.getByText(`--worker ws://${url.host}/ws/volunteer`).waitFor();
    assert.equal(
      await page.getByRole("link", { name: "Volunteer with this browser" }).first().getAttribute("href"),
      "/volunteer/",
    );
    await assertLooksRight(page);
    await page.getByRole("link", { name: "Open the playground" }).click();
    await page.getByRole("heading", { level: 1, name: "Playground" }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test("figures and charts follow what happens, over one event stream and without asking again and again", async (t) => {
    const { page, client, go, complaints } = await open(t, 1);
    await client.jobs.run({ job_type: "js", code: "1" });
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await go();
    await figure(page, "Volunteers").getByText("1 internal").waitFor();
    await figure(page, "Slots busy").getByText("of 1").waitFor();
    await client.jobs.submitMany(
      Array.from({ length: 200 }, () => ({ job_type: "js", code: "1", namespace: "alice" }) as const),
    );
    await figure(page, "Jobs").getByText("201 completed, 0 failed").waitFor();
    await chart(page, "Jobs per second")
      .getByText(/Completed: now [1-9]/)
      .waitFor({ state: "attached" });
    await chart(page, "Latency of jobs")
      .getByText(/Half end within: now \d/)
      .waitFor({ state: "attached" });
    await chart(page, "Jobs per second").locator("canvas").waitFor();
    await assertLooksRight(page);
    assert.equal(asked.filter((path) => path === "/api/overview/events").length, 1);
    assert.ok(asked.filter((path) => path === "/stats").length < 5, `asked ${asked.join(" ")}`);
    assert.deepEqual(complaints, []);
  });

  test("the queue is shown by language and namespace, and leads to its jobs", async (t) => {
    const { page, client, go } = await open(t, 0);
    await client.jobs.submitMany([
      { job_type: "lua", code: "return 1", namespace: "alice" },
      { job_type: "lua", code: "return 1", namespace: "bob" },
      { job_type: "python", code: "1", namespace: "alice" },
    ]);
    await go();
    const byLanguage = page.getByRole("list", { name: "Waiting by language" });
    await byLanguage
      .getByRole("listitem")
      .filter({ hasText: "Lua" })
      .getByText("2", { exact: true })
      .waitFor();
    await page
      .getByRole("list", { name: "Waiting by namespace" })
      .getByRole("link", { name: "alice" })
      .click();
    await page.getByText("1 to 2 of 2 jobs").waitFor();
    assert.equal(new URL(page.url()).search, "?namespace=alice&status=pending");
  });

  test("a connection that is lost is said to be, and taken up again", async (t) => {
    const { page, url, dataDir, go, stop } = await open(t, 0);
    await go();
    await page.getByText("Live", { exact: true }).waitFor();
    await stop();
    await page.getByText("Connection lost, trying again").waitFor();
    const again = await bootOrchestrator(t, { flags: { port: url.port, dataDir } });
    await page.getByText("Live", { exact: true }).waitFor();
    await new Zerverless({ url: again.url }).jobs.submit({ job_type: "js", code: "1" });
    await figure(page, "Waiting").getByText("1", { exact: true }).waitFor();
  });

  test("an orchestrator that can't be reached at first is asked again", async (t) => {
    const { page, go } = await open(t, 0);
    await page.route("**/api/overview/events*", (route) => route.abort());
    await go();
    await page.getByText("Connection lost, trying again").waitFor();
    await page.unroute("**/api/overview/events*");
    await page.getByText("Live", { exact: true }).waitFor();
    await figure(page, "Volunteers").getByText("Nobody is connected").waitFor();
  });

  test(`the first load takes at most ${firstLoadBytesMax / 1024} KiB, and nothing jumps`, async (t) => {
    const { page, client, go } = await open(t, 0);
    await client.jobs.submit({ job_type: "js", code: "1" });
    await watchLayout(page);
    await go();
    await figure(page, "Waiting").getByText("1", { exact: true }).waitFor();
    await chart(page, "Jobs per second").locator("canvas").waitFor();
    const bytes = await page.evaluate(() =>
      [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter((entry): entry is PerformanceResourceTiming => "encodedBodySize" in entry)
        .filter((entry) => !entry.name.includes("/api/"))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
    );
    assert.ok(bytes > 10_000 && bytes <= firstLoadBytesMax, `${bytes} bytes`);
    t.diagnostic(`first load: ${bytes} bytes`);
    const shift = await page.evaluate(() => layoutShift);
    t.diagnostic(`layout shift: ${shift}`);
    assert.ok(shift < 0.05, `the layout shifted by ${shift}`);
  });
});
