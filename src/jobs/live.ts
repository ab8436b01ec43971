import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { JobEvents } from "./events.ts";
import type { JobStore } from "./store.ts";

export interface LiveJobsParts {
  readonly store: JobStore;
  readonly events: JobEvents;
  readonly clock: Clock;
  readonly log: Log;
}

/** Every job that has not ended, in memory. */
export declare class LiveJobs {
  constructor(parts: LiveJobsParts);
}
