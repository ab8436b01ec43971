import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";

const adminToken = "a-token-for-this-test-alone";

describe("signing in to the dashboard", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(t: TestContext) {
    const { url } = await bootOrchestrator(t, { env: { ADMIN_TOKEN: adminToken } });
    const opened = await openPage(t, browser);
    await opened.page.goto(new URL("/dashboard/jobs", url).href);
    return { url, ...opened };
  }

  const dialog = (page: Page) => page.getByRole("dialog", { name: "Sign in" });

  async function signIn(page: Page, token: string): Promise<void> {
    await dialog(page).getByLabel("Token").fill(token);
    await dialog(page).getByRole("button", { name: "Sign in" }).click();
  }

  test("where a token is wanted it is asked for; a wrong one is refused in words, the right one opens everything", async (t) => {
    const { page } = await open(t);
    await dialog(page).waitFor();
    await assertLooksRight(page);
    await signIn(page, "zv_not-a-token");
    await dialog(page).getByRole("alert").waitFor();
    await signIn(page, adminToken);
    await page.getByText("No jobs yet").waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    assert.equal(await dialog(page).count(), 0);
  });

  test("a token is kept for the tab, and forgotten on signing out", async (t) => {
    const { page, url } = await open(t);
    await signIn(page, adminToken);
    await page.getByText("No jobs yet").waitFor();
    await page.reload();
    await page.getByText("No jobs yet").waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem("zerverless.token")), null);
    await page.getByRole("button", { name: "Sign out" }).click();
    await dialog(page).waitFor();
    await page.goto(new URL("/dashboard/", url).href);
    await dialog(page).waitFor();
  });

  test("a token is kept on the device where the visitor wants that", async (t) => {
    const { page, url } = await open(t);
    await dialog(page)
      .getByRole("switch", { name: /Keep me signed in/ })
      .check();
    await signIn(page, adminToken);
    await page.getByText("No jobs yet").waitFor();
    const another = await page.context().newPage();
    await another.goto(new URL("/dashboard/jobs", url).href);
    await another.getByText("No jobs yet").waitFor();
  });
});
