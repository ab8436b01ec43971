import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { run } from "axe-core";
import type { Frame, Page } from "playwright-core";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds against WCAG 2.2 A and AA on a page or in a frame, one line for each element. */
export async function accessibilityFaults(page: Page | Frame): Promise<string[]> {
  // A page's policy holds for scripts that it loads, not for what is evaluated from outside.
  await page.evaluate(await source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as typeof globalThis & { axe: { run: typeof run } };
    const { violations } = await axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, any }) => `${id}: ${help}: ${target.join(" ")} ${any[0]?.message ?? ""}`),
    );
  });
  return found;
}
