import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { OriginPolicy } from "../access/origin.ts";
import { errorRegistry, type HttpErrorCode, isHttpError } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import { closeCodes } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { VolunteerGateway } from "../volunteers/session.ts";
import { SocketSession } from "./socket-session.ts";
import { type Admission, spokenProtocol, type VolunteerAccess } from "./volunteer-access.ts";

export const volunteerPath = "/ws/volunteer";

const connectionsMax = 10_000;
const tokenOver = [closeCodes.unauthorized, "The token was revoked or has expired."] as const;

export interface VolunteerDoorParts {
  readonly gateway: VolunteerGateway;
  readonly origins: OriginPolicy;
  readonly access: VolunteerAccess;
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
    maxPayload: limits.frameBytesMax,
    handleProtocols: spokenProtocol,
  });
  readonly #sessions = new Map<SocketSession, Promise<void>>();
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
          this.#welcome(webSocket, socket, request.socket.remoteAddress ?? "", admission),
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
    if (path !== volunteerPath) return ["not_found", `Volunteers connect to ${volunteerPath}.`];
    if (!this.#open) return ["shutting_down", "The orchestrator is stopping."];
    if (this.#sessions.size < connectionsMax) return undefined;
    return ["too_many_volunteers", `${connectionsMax} volunteers are connected, and no more are let in.`];
  }

  #welcome(webSocket: WebSocket, transport: Duplex, address: string, admission: Admission): void {
    const { standing, token } = admission;
    const session = new SocketSession(this.#parts, webSocket, transport, { address, standing });
    const gone = Promise.withResolvers<void>();
    this.#sessions.set(session, gone.promise);
    webSocket.on("message", (data: Buffer, isBinary) => session.receive(data, isBinary));
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
