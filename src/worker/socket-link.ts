import { WebSocket } from "ws";
import { packFrames } from "../protocol/frames.ts";
import { limits } from "../protocol/limits.ts";
import type { ConnectLink, OrchestratorLink, OrchestratorLinkEvents } from "../protocol/link.ts";
import { closeCodes, orchestratorMessageSchema, type VolunteerMessage } from "../protocol/volunteer.ts";
import { parseBoundedJson } from "../stdx/bounded-json.ts";

const handshakeTimeoutMs = 10_000;

/** Connects to an orchestrator's volunteer door over a WebSocket. */
export function socketLink(url: URL): ConnectLink {
  return (events) => new SocketLink(url, events);
}

class SocketLink implements OrchestratorLink {
  readonly #socket: WebSocket;
  readonly #events: OrchestratorLinkEvents;
  #outbox: VolunteerMessage[] = [];
  #failure = "";

  constructor(url: URL, events: OrchestratorLinkEvents) {
    this.#events = events;
    this.#socket = new WebSocket(url, {
      handshakeTimeout: handshakeTimeoutMs,
      perMessageDeflate: false,
      maxPayload: limits.frameBytesMax,
    });
    this.#socket.on("open", () => events.opened());
    this.#socket.on("message", (data, isBinary) => this.#receive(String(data), isBinary));
    this.#socket.on("error", (error) => {
      this.#failure = error.message;
    });
    this.#socket.on("close", (code, reason) => events.closed(code, reason.toString() || this.#failure));
  }

  send(message: VolunteerMessage): void {
    if (this.#outbox.push(message) === 1) setImmediate(() => this.#flush());
  }

  close(): void {
    this.#flush();
    this.#socket.close(1000);
    // A peer that is gone never answers the closing handshake.
    setTimeout(() => this.#socket.terminate(), 1000).unref();
  }

  #flush(): void {
    const messages = this.#outbox;
    this.#outbox = [];
    if (messages.length === 0 || this.#socket.readyState !== WebSocket.OPEN) return;
    const texts = messages.map((message) => JSON.stringify(message));
    for (const frame of packFrames(texts)) this.#socket.send(frame);
  }

  #receive(text: string, isBinary: boolean): void {
    try {
      if (isBinary) throw new TypeError("a binary frame");
      const parsed: unknown = parseBoundedJson(text);
      const batch: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
      this.#events.messages(batch.map((message) => orchestratorMessageSchema.parse(message)));
    } catch {
      this.#socket.close(closeCodes.malformed, "The orchestrator sent a frame that is no message.");
    }
  }
}
