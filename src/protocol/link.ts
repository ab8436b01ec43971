import type { OrchestratorMessage, VolunteerMessage } from "./volunteer.ts";

/** A worker's end of one connection to an orchestrator, whatever the transport. It is not reused after it closed. */
export interface OrchestratorLink {
  /** Queues a message; those queued in one turn of the event loop travel together. Nothing happens once closed. */
  send(message: VolunteerMessage): void;
  /** Ends the connection from this side; `closed` is still called, once. */
  close(): void;
}

/** What a link calls. Nothing is called before the turn of the event loop after `ConnectLink` returned. */
export interface OrchestratorLinkEvents {
  /** The connection stands; the worker now says `ready`. */
  opened(): void;
  /** Messages in the order sent, those of one turn together. */
  messages(messages: readonly OrchestratorMessage[]): void;
  /** The connection is over, or never came about; the last call. */
  closed(code: number, reason: string): void;
}

/** Begins to connect. A worker that wants to reconnect calls it again. */
export type ConnectLink = (events: OrchestratorLinkEvents) => OrchestratorLink;
