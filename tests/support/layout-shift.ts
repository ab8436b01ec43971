import type { Page } from "playwright-core";

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
}

declare global {
  /** By how much things have moved without the visitor's doing, as https://web.dev/articles/cls counts it, summed up. */
  var layoutShift: number;
}

/** Makes the next page that is loaded count its layout shifts in `layoutShift`. */
export async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        if (!entry.hadRecentInput) globalThis.layoutShift += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}
