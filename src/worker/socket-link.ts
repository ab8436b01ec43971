import { WebSocket } from "ws";
import { limits } from "../protocol/limits.ts";
import type { ConnectLink, OrchestratorLink, OrchestratorLinkEvents } from "../protocol/link.ts";
import { closeCodes, type VolunteerMessage } from "../protocol/volunteer.ts";
import { notAMessage, Outbox, readOrchestratorFrame } from "./message-frames.ts";

const handshakeTimeoutMs = 10_000;

/**
 * Connects to an orchestrator's volunteer door over a WebSocket.
 * @param token shown at the door; undefined: none
 */
export function socketLink(url: URL, token?: string): ConnectLink {
  return (events) => new SocketLink(url, token, events);
}

class SocketLink implements OrchestratorLink {
  readonly #socket: WebSocket;
  readonly #events: OrchestratorLinkEvents;
  readonly #outbox = new Outbox((frame) => {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
  });
  #failure = "";

  constructor(url: URL, token: string | undefined, events: OrchestratorLinkEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url, {
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
      maxPayload: limits.frameBytesMax,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    this.#socket.on("open", () => events.opened());
    this.#socket.on("message", (data, isBinary) => this.#receive(String(data), isBinary));
    this.#socket.on("error", (error) => {
      this.#failure = error.message;
    });
    this.#socket.on("close", (code, reason) => events.closed(code, reason.toString() || this.#failure));
  }

  send(message: VolunteerMessage): void {
    this.#outbox.send(message);
  }

  close(): void {
    this.#outbox.flush();
    this.#socket.close(1000);
    // A peer that is gone never answers the closing handshake.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  #receive(text: string, isBinary: boolean): void {
    try {
      if (isBinary) throw new TypeError("a binary frame");
      this.#events.messages(readOrchestratorFrame(text));
    } catch {
      this.#socket.close(closeCodes.malformed, notAMessage);
    }
  }
}
