import type { OrchestratorMessage, ReadyMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { VolunteerId } from "../stdx/ids.ts";

/**
 * How far a volunteer is trusted by the door that it came through: with everything, with what its own word is enough for
 * (see `Volunteer.trusted`), or with what may run anywhere.
 */
export type Standing = "trusted" | "native" | "anonymous";

/** How the orchestrator reaches one connected volunteer, whatever the transport. */
export interface VolunteerSession {
  readonly id: VolunteerId;
  /** `internal` volunteers live in this process; `remote` ones came through the WebSocket door. */
  readonly origin: "internal" | "remote";
  readonly standing: Standing;
  /** The peer's address, for people; empty for internal volunteers. */
  readonly address: string;
  /** Queues a message; those queued in one turn of the event loop travel together. */
  send(message: OrchestratorMessage): void;
  /** Ends the session; the volunteer is told why. */
  close(code: number, reason: string): void;
}

/** What the other side of a session calls. Every message was checked against the protocol's schema before. */
export interface VolunteerGateway {
  /** A volunteer has said `ready` for the first time; again when it says so again. */
  ready(session: VolunteerSession, message: ReadyMessage): void;
  message(session: VolunteerSession, message: Exclude<VolunteerMessage, ReadyMessage>): void;
  /** The session is over, for whatever reason; its leases are void. */
  closed(session: VolunteerSession): void;
}
