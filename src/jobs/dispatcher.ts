import type { ReadyMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { VolunteerRegistry } from "../volunteers/registry.ts";
import type { VolunteerGateway, VolunteerSession } from "../volunteers/session.ts";
import type { LiveJobs } from "./live.ts";
import type { PayloadCache } from "./payloads.ts";

export interface DispatcherParts {
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly volunteers: VolunteerRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DispatcherOptions {
  /** JOB_QUEUE_MAX_SIZE */
  readonly queueMax: number;
  /** VOLUNTEER_HEARTBEAT_INTERVAL */
  readonly heartbeatMs: number;
  /** VOLUNTEER_TIMEOUT */
  readonly silenceMs: number;
}

/** Hands jobs to volunteers under leases. The hub and the direct transport speak to it as a `VolunteerGateway`. */
export declare class Dispatcher implements VolunteerGateway, Disposable {
  constructor(parts: DispatcherParts, options: DispatcherOptions);
  ready(session: VolunteerSession, message: ReadyMessage): void;
  message(session: VolunteerSession, message: Exclude<VolunteerMessage, ReadyMessage>): void;
  closed(session: VolunteerSession): void;
  /** Dispatches no more; resolves when no job is out, or after `graceMs`. Jobs still out stay as they are. */
  drain(graceMs: number): Promise<void>;
  [Symbol.dispose](): void;
}
