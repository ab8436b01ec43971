import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";
import { spawnFunctions } from "../support/real-functions.ts";
import { ReferenceVolunteer } from "../support/reference-volunteer.ts";

describe("the dashboard's volunteers", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("where nobody volunteers it says how to, with this host's addresses ready to copy", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page, complaints } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/volunteers", url).href);
    await page.getByText("Nobody volunteers yet").waitFor();
    await page.getByText(`zerverless --worker ws://${url.host}/ws/volunteer`).waitFor();
    await page.getByText(`<script src="http://${url.host}/volunteer/embed.js" async></script>`).waitFor();
    const link = page.getByRole("link", { name: "Volunteer in this browser" });
    assert.equal(await link.getAttribute("href"), new URL("/volunteer/", url).href);
    await assertLooksRight(page);
    assert.deepEqual(complaints, []);
  });

  test("whoever comes and goes appears and vanishes by itself", async (t) => {
    const { url, volunteerUrl } = await bootOrchestrator(t);
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/volunteers", url).href);
    await page.getByText("Nobody volunteers yet").waitFor();
    const cards = page.getByRole("article");
    {
      using _volunteer = new ReferenceVolunteer(volunteerUrl);
      await cards.first().waitFor();
      await cards.getByRole("heading", { name: "Other program" }).waitFor();
      await assertLooksRight(page);
    }
    await page.getByText("Nobody volunteers yet").waitFor();
  });

  test("a volunteer shows what it is, what it does now with a link to it, and what it did", async (t) => {
    const { api, url, deploy } = await spawnFunctions(t, 2);
    await deploy("/alice/slow", {
      runtime: "lua",
      code: "function handle(req) local t = os.clock() while os.clock() - t < 5 do end return {body = 'x'} end",
    });
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/volunteers", url).href);
    const cards = page.getByRole("article");
    await cards.nth(1).waitFor();
    await cards.getByText("Inside the orchestrator").first().waitFor();
    await cards.getByText("JavaScript").first().waitFor();
    const code = "const end = Date.now() + 5000; while (Date.now() < end); 7";
    const job = await api.post("/api/jobs", { job_type: "js", code });
    const { id } = job.json() as { id: string };
    const call = api.get("/alice/slow");
    const link = cards.getByRole("link", { name: /^job / });
    await link.waitFor();
    assert.equal(await link.getAttribute("href"), `/dashboard/jobs/${id}`);
    await cards.getByRole("link", { name: "/alice/slow" }).waitFor();
    await cards.getByText("At work").first().waitFor();
    await assertLooksRight(page);
    await call;
    await cards.getByText("1 job, 0 calls").waitFor();
    await page
      .locator(".stat")
      .filter({ hasText: "Calls answered" })
      .getByText("1", { exact: true })
      .waitFor();
  });

  test("one kind alone can be looked at, and adding one is a click away", async (t) => {
    const { url, volunteerUrl } = await bootOrchestrator(t);
    using _volunteer = new ReferenceVolunteer(volunteerUrl);
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/volunteers", url).href);
    await page.getByRole("article").waitFor();
    await page.getByRole("radio", { name: "Tabs" }).check();
    await page.getByText("Nobody of this kind").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("kind"), "browser");
    await page.getByRole("link", { name: "Add a volunteer" }).click();
    await page.getByRole("dialog", { name: "Add a volunteer" }).getByText("On your website").waitFor();
    await assertLooksRight(page);
    await page.keyboard.press("Escape");
    await page.getByRole("radio", { name: "All" }).check();
    await page.getByRole("article").waitFor();
  });
});
