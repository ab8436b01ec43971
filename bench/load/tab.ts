import type { BrowserContext, Page } from "playwright-core";
import type { Program } from "../../scripts/program.ts";
import { volunteerCount } from "../api.ts";

export interface TabOptions {
  readonly cores: number;
  readonly python: "when-needed" | "ready";
}

/** What a visitor would have chosen, and the moment of the click on the button, by the page's own clock. */
function preparation(options: TabOptions): string {
  const settings = JSON.stringify({ ...options, sharePercent: 100, onBattery: true });
  return `
    if (globalThis.origin !== "null") localStorage.setItem("zerverless.volunteer", ${JSON.stringify(settings)});
    addEventListener("click", () => { globalThis.clickedAtMs ??= performance.timeOrigin + performance.now(); }, true);
  `;
}

/** The volunteer page of this orchestrator, ready to be started. */
export async function openTab(context: BrowserContext, url: string, options: TabOptions): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript({ content: preparation(options) });
  await page.goto(`${url}/volunteer/`);
  await startButton(page).waitFor();
  return page;
}

export function startButton(page: Page) {
  return page.getByRole("button", { name: "Start volunteering" });
}

/** Starts it, and waits until the orchestrator has as many volunteers. */
export async function startTab(page: Page, program: Program, url: string, volunteers = 1): Promise<void> {
  await startButton(page).click();
  await program.until("the tab was connected", async () =>
    (await volunteerCount(url)) >= volunteers ? true : undefined,
  );
}

/** @returns milliseconds since the epoch at which the button was pressed */
export async function clickedAtMs(page: Page): Promise<number> {
  return Number(await page.evaluate("globalThis.clickedAtMs"));
}
