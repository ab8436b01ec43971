import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { packFrames } from "../protocol/frames.ts";
import { describeIssues } from "../protocol/issues.ts";
import { limits } from "../protocol/limits.ts";
import {
  closeCodes,
  type OrchestratorMessage,
  type VolunteerMessage,
  volunteerMessageSchema,
} from "../protocol/volunteer.ts";
import { framedJsonBounds, parseBoundedJson } from "../stdx/bounded-json.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import type { VolunteerId } from "../stdx/ids.ts";
import { uuidv7 } from "../stdx/ids.ts";
import { TokenBucket } from "../stdx/token-bucket.ts";
import type { Standing, VolunteerGateway, VolunteerSession } from "../volunteers/session.ts";

/** A volunteer that has not said who it is by then only costs memory. */
export const readyWithinMs = 10_000;

/** How long a peer may take to answer a closing handshake; one that is gone never does. */
const closingHandshakeMs = 2000;
/** Whom nobody knows yet is read little of: `ready` with as many namespaces as there may be fits. */
const firstFrameBytesMax = 64 * 1024;

/** Far above what honest volunteers send, far below what would starve the others. */
const messagesPerSecond = 50_000;
const messagesBurst = 100_000;
const bytesPerSecond = 128 * 1024 * 1024;
const bytesBurst = 256 * 1024 * 1024;

/** No pong is added to more than this that waits to be read. */
const pongBacklogBytesMax = 64 * 1024;

const jobBytesMax = limits.codeBytesMax + limits.inputBytesMax;
/** What may wait for a volunteer that reads slowly: two of the largest jobs per slot, within reason. */
const backlogBytesPerSlot = 2 * jobBytesMax;
const backlogBytesBase = 16 * 1024 * 1024;
const backlogBytesMax = 512 * 1024 * 1024;

/** RFC 6455, section 5.5: a control frame carries 125 bytes, two of them the code. */
const closeReasonBytesMax = 123;

export interface SocketSessionParts {
  readonly gateway: VolunteerGateway;
  readonly clock: Clock;
}

/** One volunteer at the other end of a WebSocket. */
export class SocketSession implements VolunteerSession {
  readonly origin = "remote";
  readonly id: VolunteerId;
  readonly address: string;
  readonly standing: Standing;
  readonly #parts: SocketSessionParts;
  readonly #webSocket: WebSocket;
  /** What carries the WebSocket, to cork it. */
  readonly #transport: Duplex;
  readonly #messageBudget: TokenBucket;
  readonly #byteBudget: TokenBucket;
  readonly #readyTimer: Timer;
  #lingerTimer: Timer | undefined;
  #state: "new" | "ready" | "closing" | "closed" = "new";
  #wasReady = false;
  #lanes = false;
  #backlogBytesMax = backlogBytesBase + backlogBytesPerSlot;
  #outbox: string[] = [];
  #outboxLength = 0;

  constructor(
    parts: SocketSessionParts,
    webSocket: WebSocket,
    transport: Duplex,
    { address, standing }: { readonly address: string; readonly standing: Standing },
  ) {
    this.id = uuidv7(parts.clock.now()) as VolunteerId;
    this.address = address;
    this.standing = standing;
    this.#parts = parts;
    this.#webSocket = webSocket;
    this.#transport = transport;
    this.#messageBudget = new TokenBucket(parts.clock, messagesPerSecond, messagesBurst);
    this.#byteBudget = new TokenBucket(parts.clock, bytesPerSecond, bytesBurst);
    this.#readyTimer = parts.clock.after(readyWithinMs, () =>
      this.close(closeCodes.silent, `No ready within ${readyWithinMs / 1000} seconds.`),
    );
  }

  get #isOver(): boolean {
    return this.#state === "closing" || this.#state === "closed";
  }

  send(message: OrchestratorMessage): void {
    if (this.#isOver) return;
    const text = JSON.stringify(message);
    this.#outboxLength += text.length;
    // Past the bound nothing more is kept; the session ends with the flush, not in the middle of what its caller does.
    const full = this.#outboxLength + this.#webSocket.bufferedAmount > this.#backlogBytesMax;
    if (this.#outbox.push(full ? "" : text) === 1) setImmediate(() => this.#flush());
  }

  close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#flush();
    this.#state = "closing";
    this.#readyTimer.cancel();
    this.#webSocket.close(code, clipBytes(reason, closeReasonBytesMax));
    this.#lingerTimer = this.#parts.clock.after(closingHandshakeMs, () => this.#webSocket.terminate());
    this.#leave();
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** To be called with each ping: RFC 6455, section 5.5.2. Whoever does not read the answers gets no more of them. */
  ping(data: Buffer): void {
    if (this.#isOver) return;
    if (!this.#messageBudget.take(1)) this.close(closeCodes.flooding, "Too many pings in too little time.");
    else if (this.#webSocket.bufferedAmount < pongBacklogBytesMax) this.#webSocket.pong(data);
  }

  /** To be called with each frame that arrives. */
  receive(frame: Buffer, isBinary: boolean): void {
    if (this.#isOver) return;
    if (!this.#byteBudget.take(frame.length)) {
      this.close(closeCodes.flooding, "Too many bytes in too little time.");
    } else if (this.#state === "new" && frame.length > firstFrameBytesMax) {
      this.#malformed("The first message must be ready, which is small.");
    } else if (isBinary) {
      this.#malformed("Frames must be text, not binary.");
    } else {
      this.#receiveText(frame.toString());
    }
  }

  /** To be called when the WebSocket has closed, by whichever side. */
  ended(): void {
    this.#state = "closed";
    this.#readyTimer.cancel();
    this.#lingerTimer?.cancel();
    this.#outbox = [];
    this.#leave();
  }

  #receiveText(text: string): void {
    let parsed: unknown;
    try {
      parsed = parseBoundedJson<unknown>(text, framedJsonBounds);
    } catch (error) {
      this.#malformed(error instanceof RangeError ? error.message : "A frame is not JSON.");
      return;
    }
    if (!Array.isArray(parsed)) this.#receiveMessage(parsed);
    else if (!this.#lanes) this.#malformed("Several messages in one frame need lanes.");
    else for (const message of parsed) this.#receiveMessage(message);
  }

  #receiveMessage(parsed: unknown): void {
    // An earlier message of the same frame may have ended the session.
    if (this.#isOver) return;
    const read = volunteerMessageSchema.safeParse(parsed);
    if (!this.#messageBudget.take(1)) {
      this.close(closeCodes.flooding, "Too many messages in too little time.");
    } else if (!read.success) {
      this.#malformed(describeIssues(read.error, { whole: "a message", part: "field" }));
    } else {
      this.#handle(read.data);
    }
  }

  #handle(message: VolunteerMessage): void {
    const { gateway } = this.#parts;
    if (message.type === "ready") {
      this.#state = "ready";
      this.#wasReady = true;
      this.#readyTimer.cancel();
      this.#lanes = message.lanes === true;
      const slots = this.#lanes ? (message.slots ?? 1) : 1;
      this.#backlogBytesMax = Math.min(backlogBytesMax, backlogBytesBase + slots * backlogBytesPerSlot);
      gateway.ready(this, message);
    } else if (this.#state === "ready") {
      gateway.message(this, message);
    } else {
      this.#malformed("The first message must be ready.");
    }
  }

  #malformed(reason: string): void {
    this.close(closeCodes.malformed, reason);
  }

  /** Tells the gateway, once, that a volunteer it knows is gone. */
  #leave(): void {
    if (!this.#wasReady) return;
    this.#wasReady = false;
    this.#parts.gateway.closed(this);
  }

  #flush(): void {
    const messages = this.#outbox;
    if (messages.length === 0 || this.#state === "closed") return;
    this.#outbox = [];
    if (this.#outboxLength + this.#webSocket.bufferedAmount > this.#backlogBytesMax) {
      this.#cutOff();
      return;
    }
    this.#outboxLength = 0;
    // One write to the kernel, in however many frames.
    this.#transport.cork();
    for (const frame of this.#lanes ? packFrames(messages) : messages) this.#webSocket.send(frame);
    this.#transport.uncork();
    if (this.#webSocket.bufferedAmount > this.#backlogBytesMax) this.#cutOff();
  }

  /** What it does not read would pile up here; a closing frame would only queue behind it. */
  #cutOff(): void {
    this.#state = "closing";
    this.#webSocket.terminate();
    this.#leave();
  }
}

function clipBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  // Cutting inside a character leaves a replacement character behind; it goes too.
  const ellipsis = "…";
  return `${bytes
    .subarray(0, bytesMax - Buffer.byteLength(ellipsis) - 3)
    .toString()
    .replace(/\uFFFD$/, "")}${ellipsis}`;
}
