import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { freshWeb } from "../../scripts/build-web.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { Desk } from "../support/desk.ts";
import { pageSteps } from "../support/page-commands.ts";
import { volunteersConnected } from "../support/worker.ts";

const readme = await readFile(resolve(import.meta.dirname, "../../README.md"), "utf8");

describe("a newcomer with nothing but README.md", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    await freshWeb();
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("gets every step to work, with the output that is shown", { timeout: 240_000 }, async (t) => {
    const desk = await Desk.open(t);
    const steps = pageSteps(readme);
    assert.ok(steps.length >= 20, "the page lost its steps, or this test its eyes");
    assert.ok(steps.some((step) => "url" in step));
    for (const step of steps) {
      if ("name" in step) {
        await desk.write(step.name, step.content);
      } else if ("url" in step) {
        await t.test(`line ${step.line}: ${step.button}`, async () => {
          const { api } = desk.orchestrator;
          const { total } = (await api.get("/api/volunteers")).json() as { total: number };
          const { page } = await openPage(t, browser);
          await page.goto(desk.addressOf(step.url));
          await page.getByRole("button", { name: step.button }).click();
          await volunteersConnected(api, total + 1);
        });
      } else {
        await t.test(`line ${step.line}: ${step.text.split("\n", 1)}`, () => desk.follow(step));
      }
    }
  });
});
