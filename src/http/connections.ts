import type { Server, ServerResponse } from "node:http";
import type { BlockList, Socket } from "node:net";
import { clientAddress, isOurs } from "../access/client-address.ts";
import { errorRegistry, type HttpErrorCode } from "../protocol/errors.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { PerKey } from "../stdx/per-key.ts";

export interface ConnectionBounds {
  /** Of all connections. */
  readonly connectionsMax: number;
  /** Of those from one address, but for proxies that speak for others. */
  readonly perAddressMax: number;
  readonly proxies: BlockList | undefined;
}

/** Answers that clients have asked for and do not read may take this much memory together. */
const unreadBytesMax = 256 * 1024 * 1024;
/** A client that reads more slowly than this, over half a minute and more, is not waited for. */
const readBytesPerSecond = 16 * 1024;
const readGraceMs = 30_000;
const sweepMs = 500;
/** So many requests may one connection have sent ahead of their answers: programs pipeline a few dozen, if any. */
const pipelinedMax = 100;
/** Nobody is sent away for idleness more often than this. */
const evictionMs = 1000;

interface Connection {
  readonly address: string;
  /** Requests that are not answered yet; a WebSocket counts as one that never is. */
  requests: number;
  /** What had been read when it was last idle: more since then is the beginning of a request. */
  bytesReadIdle: number;
  /** Bytes that waited to be read at the last look. */
  unread: number;
  /** Monotonic milliseconds since which they have not become fewer. */
  unreadSince: number;
}

/**
 * Every connection of the server: how many there are, and what those who do not read keep waiting. A connection is cheap
 * to make and answers are large, so both are bounded here, where routes need not think of it.
 */
export class Connections implements Disposable {
  readonly #clock: Clock;
  readonly #counts: PerKey;
  readonly #open = new Map<Socket, Connection>();
  readonly #proxies: BlockList | undefined;
  #proxied = 0;
  #timer: Timer;
  #evictedAt = Number.NEGATIVE_INFINITY;
  /** What was turned away since the start. */
  readonly turnedAway = { connections: 0, unread_answers: 0, pipelined: 0 };

  constructor(server: Server, clock: Clock, bounds: ConnectionBounds) {
    this.#clock = clock;
    this.#proxies = bounds.proxies;
    this.#counts = new PerKey(bounds.connectionsMax, bounds.perAddressMax);
    server.on("connection", (socket) => this.#opened(socket));
    server.on("upgrade", ({ socket }) => this.#begun(socket));
    const answered = (socket: Socket) => this.#answered(socket);
    // One function for all answers: each of them closes once.
    function closed(this: ServerResponse): void {
      answered(this.req.socket);
    }
    server.prependListener("request", ({ socket }, response) => {
      this.#begun(socket);
      response.on("close", closed);
    });
    this.#timer = this.#sweepLater();
  }

  /** How many are open, WebSockets too. */
  get size(): number {
    return this.#counts.total;
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
  }

  #opened(socket: Socket): void {
    const address = this.#addressOf(socket);
    let why = this.#counts.add(address);
    if (why) {
      this.#evictIdle(why === "key" ? address : undefined);
      why = this.#counts.add(address);
    }
    if (why) {
      this.turnedAway.connections++;
      refuse(
        socket,
        why === "total" ? "As many connections as can be held are open." : "You hold too many connections.",
      );
      return;
    }
    this.#open.set(socket, { address, requests: 0, bytesReadIdle: 0, unread: 0, unreadSince: 0 });
    socket.once("close", () => this.#closed(socket));
  }

  /** Each connection of a proxy stands for itself. */
  #addressOf({ remoteAddress = "" }: Socket): string {
    if (this.#proxies && isOurs(remoteAddress, this.#proxies)) return `proxied ${++this.#proxied}`;
    return clientAddress(remoteAddress, undefined, undefined);
  }

  #closed(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection) return;
    this.#open.delete(socket);
    this.#counts.remove(connection.address);
  }

  #begun(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection || ++connection.requests <= pipelinedMax) return;
    this.turnedAway.pipelined++;
    socket.destroy();
  }

  #answered(socket: Socket): void {
    const connection = this.#open.get(socket);
    if (!connection) return;
    connection.requests--;
    connection.bytesReadIdle = socket.bytesRead;
  }

  /** Those who only keep a connection warm make room for those who want something. @param address undefined: all of them */
  #evictIdle(address: string | undefined): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#evictedAt < evictionMs) return;
    this.#evictedAt = nowMs;
    for (const [socket, connection] of this.#open) {
      const idles = connection.requests === 0 && socket.bytesRead === connection.bytesReadIdle;
      if (!idles || (address !== undefined && connection.address !== address)) continue;
      socket.destroy();
      this.#closed(socket);
    }
  }

  #sweepLater(): Timer {
    return this.#clock.after(sweepMs, () => {
      this.#sweep();
      this.#timer = this.#sweepLater();
    });
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonic();
    const unread: [Socket, number][] = [];
    let total = 0;
    for (const [socket, connection] of this.#open) {
      const { writableLength } = socket;
      if (connection.unread === 0 || writableLength < connection.unread) connection.unreadSince = nowMs;
      connection.unread = writableLength;
      if (writableLength === 0) continue;
      const patienceMs = readGraceMs + (writableLength / readBytesPerSecond) * 1000;
      if (nowMs - connection.unreadSince > patienceMs) this.#cutOff(socket);
      else unread.push([socket, writableLength]);
      total += writableLength;
    }
    if (total <= unreadBytesMax) return;
    unread.sort(([, one], [, other]) => other - one);
    for (const [socket, bytes] of unread) {
      if (total <= unreadBytesMax) return;
      this.#cutOff(socket);
      total -= bytes;
    }
  }

  #cutOff(socket: Socket): void {
    this.turnedAway.unread_answers++;
    socket.destroy();
  }
}

/** Says why and hangs up; who does not read it loses it. */
function refuse(socket: Socket, sentence: string): void {
  const code: HttpErrorCode = "too_many_connections";
  const body = JSON.stringify({ error: sentence, code });
  socket.on("error", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${errorRegistry[code].status} Refused\r\nRetry-After: 5\r\nConnection: close\r\n` +
      `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.destroySoon();
}
