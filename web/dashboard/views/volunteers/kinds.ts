import type { Language } from "../../../../src/protocol/languages.ts";
import { languages } from "../../../../src/protocol/languages.ts";
import type { VolunteerKind } from "../../../../src/protocol/volunteer-kinds.ts";
import type { VolunteerView } from "../../../../src/protocol/volunteer-view.ts";

export const kindNames = {
  native: "Native worker",
  browser: "Browser tab",
  internal: "Inside the orchestrator",
  other: "Other program",
} as const satisfies Record<VolunteerKind, string>;

/** How a volunteer seals what it runs, in words for those who decide whom to trust. */
export const isolationWords = {
  bubblewrap: {
    name: "Sealed twice",
    detail: "Each cell is a Deno process without permissions, inside bubblewrap.",
  },
  process: { name: "Sealed process", detail: "Each cell is a Deno process without permissions." },
  browser: { name: "Browser sandbox", detail: "Each cell is a worker in a frame without an origin." },
  unknown: { name: "Not told", detail: "This program does not say how it seals what it runs." },
} as const satisfies Record<VolunteerView["isolation"], { name: string; detail: string }>;

/** The languages that it runs, in the order in which they are always named. */
export function languagesOf({ capabilities }: Pick<VolunteerView, "capabilities">): Language[] {
  return languages.filter((language) => capabilities[language]);
}

export interface VolunteerTotals {
  readonly volunteers: number;
  readonly slots: number;
  readonly busy: number;
  readonly completed: number;
  readonly failed: number;
  readonly calls: number;
  readonly callsFailed: number;
  readonly byKind: Readonly<Record<VolunteerKind, number>>;
}

export function totalsOf(volunteers: readonly VolunteerView[]): VolunteerTotals {
  const byKind: Record<VolunteerKind, number> = { native: 0, browser: 0, internal: 0, other: 0 };
  const totals = {
    volunteers: volunteers.length,
    slots: 0,
    busy: 0,
    completed: 0,
    failed: 0,
    calls: 0,
    callsFailed: 0,
  };
  for (const volunteer of volunteers) {
    byKind[volunteer.kind]++;
    totals.slots += volunteer.slots;
    totals.busy += volunteer.busy_slots;
    totals.completed += volunteer.jobs_completed;
    totals.failed += volunteer.jobs_failed;
    totals.calls += volunteer.calls_completed;
    totals.callsFailed += volunteer.calls_failed;
  }
  return { ...totals, byKind };
}

/** Where a native worker connects to the orchestrator that a page came from. */
export function workerAddress({
  protocol,
  host,
}: {
  readonly protocol: string;
  readonly host: string;
}): string {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/ws/volunteer`;
}
