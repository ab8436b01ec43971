import { bearerProtocol, volunteerProtocol } from "../../../src/protocol/access.ts";
import { limits } from "../../../src/protocol/limits.ts";
import type { ConnectLink, OrchestratorLink, OrchestratorLinkEvents } from "../../../src/protocol/link.ts";
import { closeCodes, type VolunteerMessage } from "../../../src/protocol/volunteer.ts";
import type { Clock } from "../../../src/stdx/clock.ts";
import { notAMessage, Outbox, readOrchestratorFrame } from "../../../src/worker/message-frames.ts";

const handshakeTimeoutMs = 10_000;
/** A peer that is gone never answers the closing handshake, and a browser waits for it very long. */
const closingTimeoutMs = 1000;

/**
 * As `socketLink` of the native worker, over the WebSocket that browsers have.
 * @param token what is shown at the door, as it is by then
 */
export function webSocketLink(url: URL, clock: Clock, token: () => string | undefined): ConnectLink {
  return (events) => new WebSocketLink(new WebSocket(url, protocolsFor(token())), clock, events);
}

/** A browser's WebSocket can carry a token in no other place. */
function protocolsFor(token: string | undefined): string[] {
  return token === undefined ? [] : [volunteerProtocol, `${bearerProtocol}${token}`];
}

class WebSocketLink implements OrchestratorLink {
  readonly #socket: WebSocket;
  readonly #events: OrchestratorLinkEvents;
  readonly #clock: Clock;
  readonly #outbox = new Outbox((frame) => {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
  });
  #over = false;

  constructor(socket: WebSocket, clock: Clock, events: OrchestratorLinkEvents) {
    this.#events = events;
    this.#clock = clock;
    this.#socket = socket;
    const handshake = clock.after(handshakeTimeoutMs, () => this.#end(0, "no answer"));
    this.#socket.onopen = () => {
      handshake.cancel();
      events.opened();
    };
    this.#socket.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
    this.#socket.onclose = ({ code, reason }) => {
      handshake.cancel();
      // Browsers keep to themselves why a connection failed.
      this.#end(code === 1006 ? 0 : code, reason);
    };
  }

  send(message: VolunteerMessage): void {
    this.#outbox.send(message);
  }

  close(): void {
    this.#outbox.flush();
    this.#socket.close(1000);
    this.#clock.after(closingTimeoutMs, () => this.#end(1000, ""));
  }

  #receive(data: unknown): void {
    if (this.#over) return;
    try {
      if (typeof data !== "string" || data.length > limits.frameBytesMax)
        throw new TypeError("no text frame");
      this.#events.messages(readOrchestratorFrame(data));
    } catch {
      // Of the protocol's codes only those above 4000 may be sent by a page.
      this.#socket.close(closeCodes.malformed, notAMessage);
    }
  }

  #end(code: number, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.close();
    this.#events.closed(code, reason);
  }
}
