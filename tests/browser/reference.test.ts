import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";

const pageBytesMax = 60_000;

describe("the API reference", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("an operation is found, opened, read and copied, by mouse and by keyboard", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page, complaints } = await openPage(t, browser, {
      permissions: ["clipboard-read", "clipboard-write"],
    });
    const heading = (name: string) => page.getByRole("heading", { level: 1, name });
    let bytes = 0;
    page.on("requestfinished", async (request) => {
      if (!request.url().endsWith("/openapi.json")) bytes += (await request.sizes()).responseBodySize;
    });
    await page.goto(new URL("/docs", url).href);
    await page.getByRole("heading", { level: 2, name: "Jobs" }).first().waitFor();
    await page.waitForLoadState("networkidle");
    assert.ok(bytes > 0 && bytes <= pageBytesMax, `the page weighs ${bytes} bytes`);
    await assertLooksRight(page);

    await page.getByRole("searchbox", { name: "Search operations" }).fill("cancel job");
    const contents = page.getByRole("navigation", { name: "Operations" });
    await contents.getByRole("link", { name: "Cancel a job" }).waitFor();
    assert.equal(await contents.getByRole("link").count(), 1);

    await page.getByRole("searchbox").fill("submit");
    await contents.getByRole("link", { name: "Submit a job, or up to 1,000" }).focus();
    await page.keyboard.press("Enter");
    await heading("Submit a job, or up to 1,000").waitFor();
    assert.equal(new URL(page.url()).pathname, "/docs/post_api_jobs");
    assert.equal(await page.title(), "Submit a job, or up to 1,000 · Zerverless");
    const body = page.getByRole("region", { name: "Body", exact: true });
    await body.getByText("timeout_seconds").first().waitFor();
    await body.getByText("above 0").first().waitFor();
    await page.getByRole("region", { name: "Errors" }).getByText("queue_full").waitFor();
    await assertLooksRight(page);

    const request = page.getByRole("region", { name: "Request", exact: true });
    await request.getByRole("button", { name: "Copy" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(copied.startsWith(`curl -X POST ${new URL("/api/jobs", url).href}`), copied);

    await page.goBack();
    await heading("Zerverless").waitFor();
    await page.goto(new URL("/docs/get_api_jobs_id", url).href);
    await heading("Show a job in full").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("an address that leads nowhere says so, and leads back", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/docs/no_such_operation", url).href);
    await page.getByRole("link", { name: "Show all operations" }).click();
    await page.getByRole("heading", { level: 2, name: "Jobs" }).first().waitFor();
  });
});
