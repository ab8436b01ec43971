import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type JobSubmission, Zerverless } from "../../src/client/index.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { watchLayout } from "../support/layout-shift.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";
import { testCacheDir } from "../support/worker.ts";

const js = (code: string, more: Partial<JobSubmission> = {}) =>
  ({ job_type: "js", code, ...more }) as JobSubmission;
/** Prints, then goes on until it is stopped. */
const endless = 'console.log("begun"); for (;;) await new Promise((done) => setTimeout(done, 10));';

describe("the dashboard's jobs", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(t: TestContext, options: { workers?: number } = {}) {
    const { workers = 0 } = options;
    const { url } = await bootOrchestrator(t, { flags: { workers }, env: { CACHE_DIR: testCacheDir } });
    const client = new Zerverless({ url });
    const opened = await openPage(t, browser);
    const go = (path: string) => opened.page.goto(new URL(`/dashboard/${path}`, url).href);
    return { client, go, ...opened };
  }

  const rows = (page: Page) => page.getByRole("table", { name: "Jobs, newest first" }).locator("tbody tr");
  const heading = (page: Page) => page.getByRole("heading", { level: 1 });

  test("where there are none it is said how to make one", async (t) => {
    const { page, go } = await open(t);
    await go("jobs");
    await page.getByText("No jobs yet").waitFor();
    await assertLooksRight(page);
    await page.getByRole("link", { name: "Open the playground" }).click();
    await page.getByRole("heading", { level: 1, name: "Playground" }).waitFor();
  });

  test("the list is narrowed and paged, its address says how, and new jobs come by themselves", async (t) => {
    const { page, client, go, complaints } = await open(t);
    await client.jobs.submitMany(
      Array.from({ length: 30 }, (_, index): JobSubmission => {
        const namespace = index < 3 ? "alice" : "default";
        return index % 2 ? js("1", { namespace }) : { job_type: "lua", code: "return 1", namespace };
      }),
    );
    await go("jobs");
    await page.getByText("1 to 25 of 30 jobs").waitFor();
    assert.equal(await rows(page).count(), 25);
    await assertLooksRight(page);
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("26 to 30 of 30 jobs").waitFor();
    assert.equal(new URL(page.url()).search, "?offset=25");
    await page.getByLabel("Language").selectOption("Lua");
    await page.getByLabel("Namespace").fill("alice");
    await page.getByText("1 to 2 of 2 jobs").waitFor();
    assert.equal(new URL(page.url()).search, "?language=lua&namespace=alice");
    await client.jobs.submit({ job_type: "lua", code: "return 2", namespace: "alice" });
    await page.getByText("1 to 3 of 3 jobs").waitFor();
    await page.getByLabel("Status").selectOption("Failed");
    await page.getByText("No job matches").waitFor();
    await page.reload();
    await page.getByText("No job matches").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("1 to 25 of 31 jobs").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("a job that waits says why, and can be cancelled", async (t) => {
    const { page, client, go, complaints } = await open(t);
    const { id } = await client.jobs.submit(js("6 * 7"));
    await go("jobs");
    await rows(page).first().getByRole("link").click();
    await page.getByText("No volunteer is connected").waitFor();
    assert.equal(new URL(page.url()).pathname, `/dashboard/jobs/${id}`);
    await assertLooksRight(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Cancel the job" }).click();
    await page.getByText("Cancelled", { exact: true }).waitFor();
    assert.equal((await client.jobs.get(id)).status, "cancelled");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.equal(await page.getByRole("button", { name: "Cancel" }).count(), 0);
    assert.deepEqual(complaints, []);
  });

  test("output is shown while the job runs, and its end by itself", async (t) => {
    const { page, client, go, complaints } = await open(t, { workers: 1 });
    const { id } = await client.jobs.submit(js(endless, { timeout_seconds: 60 }));
    await go(`jobs/${id}`);
    await page.getByRole("log").getByText("begun").waitFor();
    await page.getByText("Running", { exact: true }).waitFor();
    await client.jobs.cancel(id);
    await page.getByText("Cancelled", { exact: true }).waitFor();
    await page.getByRole("log").getByText("begun").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("an ended job shows what it was, what it gave and how long it took, and runs again", async (t) => {
    const { page, client, go, complaints } = await open(t, { workers: 1 });
    const job = await client.jobs.run(
      js('console.log("said"); console.error("cried"); return { sum: INPUT.a + 1 };', {
        input_data: { a: 41 },
      }),
    );
    await go(`jobs/${job.id}`);
    await page.getByRole("region", { name: "Result" }).getByText('{"sum":42}').waitFor();
    assert.deepEqual((await page.getByRole("log").locator(".log__line").allTextContents()).sort(), [
      "cried",
      "said",
    ]);
    await page.getByRole("region", { name: "Code", exact: true }).getByText("INPUT.a + 1").waitFor();
    await page.getByRole("region", { name: "Input", exact: true }).getByText('{"a":41}').waitFor();
    await page.getByText("Waited in the queue").waitFor();
    await page.getByText("a worker inside the orchestrator").waitFor();
    await assertLooksRight(page);
    await page.getByRole("button", { name: "Run again" }).click();
    await page.waitForURL((url) => url.pathname !== `/dashboard/jobs/${job.id}`);
    await page.getByRole("region", { name: "Result" }).getByText('{"sum":42}').waitFor();
    assert.equal((await client.jobs.list()).total, 2);
    assert.deepEqual(complaints, []);
  });

  test("a failed job says what went wrong", async (t) => {
    const { page, client, go } = await open(t, { workers: 1 });
    const job = await client.jobs.run(js('throw new Error("not today")'));
    await go(`jobs/${job.id}`);
    await page.getByRole("alert").getByText("not today").waitFor();
    await assertLooksRight(page);
  });

  test("its command for a shell submits the same job", async (t) => {
    const { page, client, go } = await open(t);
    const { id } = await client.jobs.submit(js("'it''s'", { namespace: "alice" }));
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await go(`jobs/${id}`);
    await page.getByRole("button", { name: "Copy as curl" }).click();
    await page.getByText("Copied.").waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(command, /^curl 'http:\/\/127\.0\.0\.1:\d+\/api\/jobs'/);
    assert.ok(command.includes('"namespace":"alice"'), command);
  });

  test("an id that nothing has is told apart from trouble", async (t) => {
    const { page, go } = await open(t);
    await go("jobs/01a21586-9906-7fa1-b016-790798a0809a");
    await page.getByText("No such job").waitFor();
    assert.equal(await heading(page).textContent(), "Job 98a0809a");
    await assertLooksRight(page);
  });

  test("nothing jumps while the list comes and changes", async (t) => {
    const { page, client, go } = await open(t);
    await client.jobs.submitMany(Array.from({ length: 40 }, () => js("1")));
    await watchLayout(page);
    await go("jobs");
    await page.getByText("1 to 25 of 40 jobs").waitFor();
    await client.jobs.submit(js("2"));
    await page.getByText("1 to 25 of 41 jobs").waitFor();
    const shift = await page.evaluate(() => layoutShift);
    assert.ok(shift < 0.05, `the layout shifted by ${shift}`);
  });
});
