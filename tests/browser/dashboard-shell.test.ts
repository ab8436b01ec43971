import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";

describe("the dashboard's frame", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("every view has an address, and links, back and forward go between them without loading the page", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page, complaints } = await openPage(t, browser);
    await page.goto(new URL("/", url).href);
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
    await page.getByRole("link", { name: "Jobs", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/dashboard/jobs");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    assert.equal(await page.evaluate(() => "notReloaded" in globalThis), true);
    await page.goto(new URL("/dashboard/jobs", url).href);
    await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
    assert.equal(await page.title(), "Jobs · Zerverless");
    assert.deepEqual(complaints, []);
  });

  test("an address that leads nowhere says so, and leads back", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/no/such/view", url).href);
    await page.getByRole("link", { name: "Go to the overview" }).click();
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
  });

  test("a theme that is chosen goes before the system's, and is kept", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page } = await openPage(t, browser, { colorScheme: "light" });
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.goto(new URL("/dashboard/", url).href);
    await page.getByRole("radio", { name: "Dark" }).waitFor();
    const light = await background();
    await page.getByRole("radio", { name: "Dark" }).check();
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    await page.getByRole("radio", { name: "Dark" }).waitFor();
    assert.equal(await background(), dark);
    await page.getByRole("radio", { name: "As the system" }).check();
    assert.equal(await background(), light);
  });

  test("a phone has the main views at its foot and the others in a menu", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page } = await openPage(t, browser, { viewport: { width: 360, height: 740 }, hasTouch: true });
    await page.goto(new URL("/dashboard/", url).href);
    await page.getByRole("button", { name: "More" }).click();
    const menu = page.getByRole("dialog", { name: "Menu" });
    await menu.getByRole("link", { name: "Jobs" }).click();
    await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor();
    await menu.waitFor({ state: "hidden" });
  });
});
