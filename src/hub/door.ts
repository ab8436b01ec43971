import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { AddressOf } from "../access/client-address.ts";
import type { ContentHost } from "../access/content-host.ts";
import type { OriginPolicy } from "../access/origin.ts";
import { errorRegistry, type HttpErrorCode, isHttpError } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import { closeCodes } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import { PerKey } from "../stdx/per-key.ts";
import type { VolunteerGateway } from "../volunteers/session.ts";
import { SocketSession } from "./socket-session.ts";
import { type Admission, spokenProtocol, type VolunteerAccess } from "./volunteer-access.ts";

const volunteerPath = "/ws/volunteer";

const connectionsMax = 10_000;
const connectionsPerAddressMax = 1000;
/** Sockets that have not said `ready`, which anybody can open. */
const strangersMax = 1000;
const strangersPerAddressMax = 100;
/** More than the first message may take on the wire. */
const strangerBytesMax = 128 * 1024;
/** What has arrived of frames that are not whole yet, on all sockets together. */
const unfinishedBytesMax = 512 * 1024 * 1024;
const tokenOver = [closeCodes.unauthorized, "The token was revoked or has expired."] as const;

export interface VolunteerDoorParts {
  readonly gateway: VolunteerGateway;
  readonly origins: OriginPolicy;
  readonly addressOf: AddressOf;
  readonly access: VolunteerAccess;
  /** On the host of users' content there is no door: its pages would pass for ours. */
  readonly content: ContentHost;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lets volunteers in over WebSockets, on the server that also speaks HTTP. */
export class VolunteerDoor implements AsyncDisposable {
  readonly #parts: VolunteerDoorParts;
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    // Answered by the session, which bounds what a flood of them may pile up.
    autoPong: false,
    maxPayload: limits.frameBytesMax,
    handleProtocols: spokenProtocol,
  });
  readonly #sessions = new Map<SocketSession, Promise<void>>();
  readonly #connected = new PerKey(connectionsMax, connectionsPerAddressMax);
  readonly #strangers = new PerKey(strangersMax, strangersPerAddressMax);
  readonly #unfinished = new PerKey(unfinishedBytesMax, unfinishedBytesMax / 2);
  #open = true;

  constructor(parts: VolunteerDoorParts) {
    this.#parts = parts;
  }

  /** How many WebSockets are open. */
  get size(): number {
    return this.#sessions.size;
  }

  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Lets nobody in any more; those who are in stay. */
  refuseMore(): void {
    this.#open = false;
  }

  /** Tells every volunteer that we are leaving, and waits until they are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.refuseMore();
    for (const session of this.#sessions.keys())
      session.close(closeCodes.goingAway, "The orchestrator is stopping.");
    await Promise.all(this.#sessions.values());
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal) {
      refuseUpgrade(socket, ...refusal);
      return;
    }
    // A peer that goes while we look is no fault.
    socket.on("error", () => socket.destroy());
    this.#parts.access.admit(request).then(
      (admission) => {
        if (socket.destroyed) return;
        this.#webSockets.handleUpgrade(request, socket, head, (webSocket) =>
          this.#welcome(webSocket, socket, request, admission),
        );
      },
      (error: unknown) => {
        if (isHttpError(error)) return refuseUpgrade(socket, error.code, error.message);
        this.#parts.log.error({ err: error }, "a volunteer could not be let in");
        refuseUpgrade(socket, "internal", "Something went wrong on our side.");
      },
    );
  }

  #refusal(request: IncomingMessage): readonly [HttpErrorCode, string] | undefined {
    const foreign = this.#parts.origins.refusal(request.headers, true);
    if (foreign) return ["forbidden_origin", foreign];
    const path = (request.url ?? "").replace(/\?.*$/s, "");
    const isContent = this.#parts.content.kindOf(request.headers.host) === "content";
    if (path !== volunteerPath || isContent) return ["not_found", `Volunteers connect to ${volunteerPath}.`];
    if (!this.#open) return ["shutting_down", "The orchestrator is stopping."];
    const address = this.#parts.addressOf(request);
    if (this.#connected.wouldExceed(address) || this.#strangers.wouldExceed(address)) {
      return [
        "too_many_volunteers",
        "As many volunteers are connected as may be, in all or from your address.",
      ];
    }
    return undefined;
  }

  #welcome(webSocket: WebSocket, transport: Duplex, request: IncomingMessage, admission: Admission): void {
    const address = request.socket.remoteAddress ?? "";
    const { standing, token } = admission;
    const session = new SocketSession(this.#parts, webSocket, transport, { address, standing });
    const gone = Promise.withResolvers<void>();
    this.#sessions.set(session, gone.promise);
    webSocket.on("message", (data: Buffer, isBinary) => session.receive(data, isBinary));
    webSocket.on("ping", (data: Buffer) => session.ping(data));
    this.#count(this.#parts.addressOf(request), session, webSocket, transport);
    // A close event follows every error; frames that break RFC 6455 or are too large end up here.
    webSocket.on("error", (error) => {
      this.#parts.log.debug({ volunteer: session.id, err: error }, "a volunteer's connection failed");
    });
    const letGo = token && this.#parts.access.gate.tokens.onEnd(token, () => session.close(...tokenOver));
    webSocket.on("close", () => {
      letGo?.();
      this.#sessions.delete(session);
      session.ended();
      gone.resolve();
    });
  }

  /** Counts the socket and what it holds, from its beginning to its end. */
  #count(address: string, session: SocketSession, webSocket: WebSocket, transport: Duplex): void {
    // Many may have been let in at one moment, each before the others were counted.
    let isStranger = this.#strangers.add(address) === undefined;
    const isConnected = this.#connected.add(address) === undefined;
    if (!isStranger || !isConnected) webSocket.terminate();
    let bytes = 0;
    const known = () => {
      if (isStranger) this.#strangers.remove(address);
      isStranger = false;
    };
    // A frame is handed over only when it is whole; until then nobody but the library has what came of it.
    const whole = () => {
      this.#unfinished.remove(address, bytes);
      bytes = 0;
      if (session.isReady) known();
    };
    transport.on("data", (chunk: Buffer) => {
      const full = this.#unfinished.add(address, chunk.length) !== undefined;
      if (!full) bytes += chunk.length;
      if (full || (isStranger && bytes > strangerBytesMax)) webSocket.terminate();
    });
    webSocket.on("message", whole);
    webSocket.on("ping", whole);
    webSocket.on("pong", whole);
    webSocket.on("close", () => {
      if (isConnected) this.#connected.remove(address);
      known();
      whole();
    });
  }
}

/** Answers a handshake that is not let in as any other HTTP error. */
function refuseUpgrade(socket: Duplex, code: HttpErrorCode, sentence: string): void {
  const body = JSON.stringify({ error: sentence, code });
  const { status } = errorRegistry[code];
  const later =
    status === 503 || status === 429
      ? "Retry-After: 5\r\n"
      : status === 401
        ? 'WWW-Authenticate: Bearer realm="zerverless"\r\n'
        : "";
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${later}Connection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
