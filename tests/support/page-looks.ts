import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { accessibilityFaults } from "./axe.ts";

/** What of the page as it stands breaks WCAG 2.2 AA, in light and in dark, as far as axe-core can tell. */
async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Colours that are on their way from one theme to the other are of neither.
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
    const found = await accessibilityFaults(page);
    faults.push(...found.map((fault) => `${colorScheme}: ${fault}`));
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  return faults;
}

/** How far the page reaches beyond a phone's width, in pixels. */
async function overflowOnPhone(page: Page): Promise<number> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (before) await page.setViewportSize(before);
  return overflow;
}

/** Insists that everybody can read the page as it stands, on a phone too. */
export async function assertLooksRight(page: Page): Promise<void> {
  assert.deepEqual(await faultsOf(page), []);
  assert.equal(await overflowOnPhone(page), 0, "the page scrolls sideways at 360 px");
}
