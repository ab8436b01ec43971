import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { watchLayout } from "../support/layout-shift.ts";
import { spawnFunctions } from "../support/real-functions.ts";

/** The views by their addresses, each with a text that shows once it has loaded. */
const views = [
  ["functions", "/alice/greet"],
  ["functions/alice/greet", "As deployed"],
  ["functions/alice/greet?tab=log", "GET /alice/greet"],
  ["database", "alice"],
  ["database/alice?key=a", "Version 1"],
  ["files", "alice"],
  ["files/alice", "a.txt"],
  ["volunteers", "Inside the orchestrator"],
] as const;

describe("the dashboard's views of data and volunteers", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("nothing jumps while a view loads", async (t) => {
    const { api, url, deploy } = await spawnFunctions(t, 1);
    await deploy("/alice/greet", { runtime: "lua", code: "function handle(req) return {body = 'x'} end" });
    await api.get("/alice/greet");
    await api.send("PUT", "/api/db/alice/a", { body: { value: 1 } });
    await api.send("PUT", "/api/storage/alice/a.txt", { body: "x" });
    for (const [path, text] of views) {
      const { page } = await openPage(t, browser);
      await watchLayout(page);
      await page.goto(new URL(`/dashboard/${path}`, url).href);
      await page.getByRole("main").getByText(text).first().waitFor();
      await page.evaluate(() => new Promise(requestAnimationFrame));
      const shift = await page.evaluate(() => layoutShift);
      assert.ok(shift < 0.05, `${path} shifted by ${shift}`);
      await page.close();
    }
  });
});
