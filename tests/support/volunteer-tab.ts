import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { VolunteerView } from "../../src/protocol/volunteer-view.ts";
import type { Api } from "./api.ts";
import { type OpenedPage, openPage } from "./browser.ts";
import { eventually } from "./eventually.ts";
import type { BootedOrchestrator } from "./orchestrator.ts";

/** What a visitor chose before; see web/volunteer/settings.ts. */
export interface TabSettings {
  readonly cores?: number;
  readonly sharePercent?: number;
  readonly memoryMb?: number;
  readonly python?: "when-needed" | "ready" | "never";
  readonly onBattery?: boolean;
  readonly startByItself?: boolean;
}

const wholeCore: TabSettings = { cores: 1, sharePercent: 100 };

/** The volunteer page, as a visitor with these settings finds it. */
export async function openVolunteerPage(
  t: TestContext,
  browser: Browser,
  { url }: Pick<BootedOrchestrator, "url">,
  settings: TabSettings = {},
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const opened = await openPage(t, browser, options);
  // Only where nothing is kept yet, so that what the test changes outlives a reload. The sealed frame keeps nothing.
  await opened.page.addInitScript(
    (chosen) => {
      if (origin === "null") return;
      const key = "zerverless.volunteer";
      if (localStorage.getItem(key) === null) localStorage.setItem(key, chosen);
    },
    JSON.stringify({ ...wholeCore, ...settings }),
  );
  await opened.page.goto(new URL("/volunteer/", url).href);
  return opened;
}

/** A tab that volunteers, as the only one. */
export async function volunteerTab(
  t: TestContext,
  browser: Browser,
  orchestrator: BootedOrchestrator,
  settings: TabSettings = {},
): Promise<OpenedPage> {
  const opened = await openVolunteerPage(t, browser, orchestrator, settings);
  await startButton(opened.page).click();
  await theVolunteer(orchestrator.api);
  return opened;
}

export function startButton(page: Page) {
  return page.getByRole("button", { name: "Start volunteering" });
}

export async function volunteersOf(api: Api): Promise<readonly VolunteerView[]> {
  return ((await api.get("/api/volunteers")).json() as { volunteers: VolunteerView[] }).volunteers;
}

/** The one volunteer there is, as soon as there is one. */
export async function theVolunteer(api: Api): Promise<VolunteerView> {
  let found: VolunteerView | undefined;
  await eventually(async () => {
    const volunteers = await volunteersOf(api);
    found = volunteers.length === 1 ? volunteers[0] : undefined;
    return found !== undefined;
  });
  if (!found) throw new Error("There is no volunteer.");
  return found;
}

/** The frame's policy forbids WebRTC too, in words that not every browser knows; one that does not says so. */
const notKnownYet = "Unrecognized Content-Security-Policy directive 'webrtc'.";

/** What a page complained of that it should not have. */
export function faultsOf({ complaints }: Pick<OpenedPage, "complaints">): string[] {
  return complaints.filter((complaint) => complaint !== notKnownYet);
}
