import type { ConnectLink, OrchestratorLink, OrchestratorLinkEvents } from "../protocol/link.ts";
import { closeCodes, type OrchestratorMessage, type VolunteerMessage } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { VolunteerId } from "../stdx/ids.ts";
import { uuidv7 } from "../stdx/ids.ts";
import type { VolunteerGateway, VolunteerSession } from "../volunteers/session.ts";

export interface DirectDoorParts {
  readonly gateway: VolunteerGateway;
  readonly clock: Clock;
}

/**
 * Connects a worker of this process to the orchestrator beside it: the same messages as over a socket, as objects,
 * handed over once per turn of the event loop. They are not checked, since the compiler did; nobody may change one
 * after it was sent.
 */
export function directDoor(parts: DirectDoorParts): ConnectLink {
  return (events) => new DirectSession(parts, events).link;
}

class DirectSession implements VolunteerSession {
  readonly origin = "internal";
  readonly standing = "trusted";
  readonly address = "";
  readonly id: VolunteerId;
  readonly link: OrchestratorLink;
  readonly #parts: DirectDoorParts;
  readonly #events: OrchestratorLinkEvents;
  #state: "opening" | "open" | "ready" | "closed" = "opening";
  #toWorker: OrchestratorMessage[] = [];
  #toOrchestrator: VolunteerMessage[] = [];
  /** Set by the first side that ends the session; what was sent before still arrives. */
  #ending: { readonly code: number; readonly reason: string } | undefined;
  #flushing = false;

  constructor(parts: DirectDoorParts, events: OrchestratorLinkEvents) {
    this.id = uuidv7(parts.clock.now()) as VolunteerId;
    this.#parts = parts;
    this.#events = events;
    this.link = {
      send: (message) => {
        if (this.#state === "closed" || this.#ending) return;
        this.#toOrchestrator.push(message);
        this.#flushSoon();
      },
      close: () => this.#end(1000, ""),
    };
    this.#flushSoon();
  }

  send(message: OrchestratorMessage): void {
    if (this.#state === "closed" || this.#ending) return;
    this.#toWorker.push(message);
    this.#flushSoon();
  }

  close(code: number, reason: string): void {
    this.#end(code, reason);
  }

  #end(code: number, reason: string): void {
    if (this.#state === "closed") return;
    this.#ending ??= { code, reason };
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#state === "opening") {
      this.#state = "open";
      if (!this.#ending) this.#events.opened();
    }
    const toOrchestrator = this.#toOrchestrator;
    this.#toOrchestrator = [];
    for (const message of toOrchestrator) this.#deliver(message);
    const toWorker = this.#toWorker;
    this.#toWorker = [];
    if (toWorker.length > 0) this.#events.messages(toWorker);
    if (this.#ending) this.#finish(this.#ending);
  }

  #deliver(message: VolunteerMessage): void {
    const { gateway } = this.#parts;
    if (message.type === "ready") {
      this.#state = "ready";
      gateway.ready(this, message);
    } else if (this.#state === "ready") {
      gateway.message(this, message);
    } else {
      this.#end(closeCodes.malformed, "The first message must be ready.");
    }
  }

  #finish({ code, reason }: { readonly code: number; readonly reason: string }): void {
    if (this.#state === "closed") return;
    const wasReady = this.#state === "ready";
    this.#state = "closed";
    if (wasReady) this.#parts.gateway.closed(this);
    this.#events.closed(code, reason);
  }
}
