import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { atEnd } from "../support/at-end.ts";
import { accessibilityFaults } from "../support/axe.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";
import { runJob } from "../support/jobs.ts";
import { type BootedOrchestrator, bootOrchestrator } from "../support/orchestrator.ts";
import { theVolunteer, volunteersOf } from "../support/volunteer-tab.ts";
import { testCacheDir } from "../support/worker.ts";

const env = { CACHE_DIR: testCacheDir };
const scriptBytesMax = 6 * 1024;

/** A site of somebody else's, with a policy that forbids it inline scripts and styles. */
async function foreignSite(t: TestContext, orchestrator: BootedOrchestrator, body: string): Promise<string> {
  const { origin } = orchestrator.url;
  const policy = `default-src 'self'; script-src ${origin}; frame-src ${origin}`;
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").setHeader("content-security-policy", policy);
    response.end(
      `<!doctype html><html lang="en"><title>A site</title><main><h1>A site</h1>${body}</main></html>`,
    );
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://localhost:${typeof address === "object" ? address?.port : ""}/`;
}

async function visit(
  t: TestContext,
  browser: Browser,
  attributes = "",
  more = "",
): Promise<{ page: Page; orchestrator: BootedOrchestrator; complaints: readonly string[] }> {
  const orchestrator = await bootOrchestrator(t, { env });
  const line = `<script src="${orchestrator.url.origin}/volunteer/embed.js" ${attributes} async></script>`;
  const site = await foreignSite(t, orchestrator, line + more);
  const { page, complaints } = await openPage(t, browser);
  // Nobody sees into a closed shadow tree, the test neither; a site that wants to can do the same.
  await page.addInitScript(() => {
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (options) {
      return attachShadow.call(this, { ...options, mode: "open" });
    };
  });
  await page.goto(site);
  return { page, orchestrator, complaints };
}

const yes = (page: Page) => page.getByRole("button", { name: "Yes, lend it" });
const frame = (page: Page) => page.frameLocator("iframe");

describe("a site's visitor", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("is asked first, in a box whose script is small, and lends nothing before agreeing", async (t) => {
    const { page, orchestrator, complaints } = await visit(t, browser);
    await yes(page).waitFor();
    await page.getByText("50% of one core").waitFor();
    assert.deepEqual(
      [page.frames().length, page.workers(), await volunteersOf(orchestrator.api)],
      [1, [], []],
    );
    const script = await orchestrator.api.get("/volunteer/embed.js", { "accept-encoding": "identity" });
    assert.equal(script.headers["cross-origin-resource-policy"], "cross-origin");
    assert.ok(script.text.length <= scriptBytesMax, `${script.text.length} bytes`);
    assert.deepEqual(complaints, []);
  });

  test("who agrees lends what the site named, sees it, and is not asked again", async (t) => {
    const { page, orchestrator } = await visit(
      t,
      browser,
      'data-cores="2" data-share="60" data-namespaces="alice"',
    );
    await yes(page).click();
    const { slots, namespaces, capabilities, isolation } = await theVolunteer(orchestrator.api);
    assert.deepEqual([slots, namespaces, capabilities.db, isolation], [2, ["alice"], false, "browser"]);
    const job = { job_type: "js", namespace: "alice", code: "6 * 7" } as const;
    assert.equal((await runJob(orchestrator.api, job)).result, 42);
    await frame(page).getByText("1 done on this page").waitFor();
    await page.reload();
    await frame(page).getByRole("button", { name: "Stop" }).waitFor();
    await theVolunteer(orchestrator.api);
  });

  test("stops with one press, and is left alone from then on", async (t) => {
    const { page, orchestrator } = await visit(t, browser);
    await yes(page).click();
    await theVolunteer(orchestrator.api);
    await frame(page).getByRole("button", { name: "Stop" }).click();
    await page.locator("zerverless-volunteer").waitFor({ state: "detached" });
    await eventually(async () => (await volunteersOf(orchestrator.api)).length === 0);
    await page.reload();
    await page.waitForLoadState("networkidle");
    assert.equal(await page.locator("zerverless-volunteer").count(), 0);
  });

  test("who declines is not asked again, unless the site offers a way to change one's mind", async (t) => {
    const { page } = await visit(t, browser, "", "<button type='button' data-zerverless-ask>Lend</button>");
    await page.getByRole("button", { name: "No, thanks" }).click();
    await page.reload();
    await page.waitForLoadState("networkidle");
    assert.equal(await yes(page).count(), 0);
    await page.getByRole("button", { name: "Lend", exact: true }).click();
    await yes(page).waitFor();
  });

  test("can put the box away by keyboard, and agree by it", async (t) => {
    const { page, orchestrator } = await visit(t, browser);
    await yes(page).focus();
    await page.keyboard.press("Escape");
    await yes(page).waitFor({ state: "detached" });
    await page.reload();
    await yes(page).focus();
    await page.keyboard.press("Enter");
    await theVolunteer(orchestrator.api);
  });

  test("does not agree by what the site's own script does", async (t) => {
    const { page, orchestrator } = await visit(t, browser);
    await yes(page).waitFor();
    await yes(page).dispatchEvent("click");
    assert.deepEqual(await volunteersOf(orchestrator.api), []);
    await yes(page).waitFor();
  });

  test("lends nothing to a site that hides the frame", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { origin } = orchestrator.url;
    const site = await foreignSite(
      t,
      orchestrator,
      `<iframe width="1" height="1" src="${origin}/volunteer/embed/"></iframe>`,
    );
    const { page } = await openPage(t, browser);
    await page.goto(site, { waitUntil: "networkidle" });
    assert.deepEqual(await volunteersOf(orchestrator.api), []);
    await page.locator("iframe").evaluate((element) => {
      element.setAttribute("width", "320");
      element.setAttribute("height", "96");
    });
    await theVolunteer(orchestrator.api);
  });

  for (const [how, style] of [
    ["takes it away", "display: none"],
    ["moves it out of the window", "position: fixed; left: -5000px"],
    ["makes it invisible", "opacity: 0"],
    ["makes it small", "width: 1px; height: 1px"],
  ] as const) {
    test(`lends nothing any more to a site that ${how} once it runs`, async (t) => {
      const orchestrator = await bootOrchestrator(t, { env });
      const embed = `<iframe width="320" height="96" src="${orchestrator.url.origin}/volunteer/embed/"></iframe>`;
      const { page } = await openPage(t, browser);
      await page.goto(await foreignSite(t, orchestrator, embed));
      await theVolunteer(orchestrator.api);
      // As a script of the site would, whose policy concerns the attribute alone.
      const restyle = (css: string) =>
        page.locator("iframe").evaluate((element, text) => {
          if (element instanceof HTMLElement) element.style.cssText = text;
        }, css);
      await restyle(style);
      await eventually(async () => (await volunteersOf(orchestrator.api)).length === 0);
      await restyle("");
      await theVolunteer(orchestrator.api);
    });
  }

  test("can't be led to press the page's own button through another site's frame", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { headers } = await orchestrator.api.get("/volunteer/");
    assert.match(String(headers["content-security-policy"]), /frame-ancestors 'none'/);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    test(`can read the box and the frame in ${colorScheme} colours`, async (t) => {
      const { page } = await visit(t, browser);
      await page.emulateMedia({ colorScheme });
      await yes(page).waitFor();
      await page.setViewportSize({ width: 360, height: 640 });
      assert.deepEqual(await accessibilityFaults(page), []);
      await yes(page).click();
      await frame(page).getByText("Waiting for work").waitFor();
      const inner = page.frames().find((one) => one.url().includes("/volunteer/embed/"));
      const faults = inner ? await accessibilityFaults(inner) : ["no frame"];
      assert.deepEqual(faults, []);
    });
  }
});
