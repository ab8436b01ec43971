import type { JobStore } from "../../src/jobs/store.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { openSystemDatabase } from "../../src/stores/sqlite/system-database.ts";

/** For `job-store-writer.ts`. @param location a data directory */
export function openJobStore(location: string): JobStore {
  return openSystemDatabase({ dataDir: location, clock: systemClock }).jobs;
}
