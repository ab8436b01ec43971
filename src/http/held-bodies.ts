import type { IncomingMessage } from "node:http";
import type { AddressOf } from "../access/client-address.ts";
import { refuse } from "../protocol/errors.ts";
import type { Clock } from "../stdx/clock.ts";
import { PerKey } from "../stdx/per-key.ts";
import { BodyDeadlines } from "./body-deadline.ts";

export interface HeldBodiesBounds {
  /** Of one body. */
  readonly bodyBytesMax: number;
  /** Of all bodies that are held at one time. */
  readonly heldBytesMax: number;
  /** And of those from one address. */
  readonly heldBytesPerAddressMax: number;
}

export interface HeldBody {
  readonly bytes: Buffer;
  /** To be called once, when the bytes are not needed any more. */
  giveBack(): void;
}

/** Bodies of requests that are kept in memory while they are answered, counted so that together they stay bounded. */
export class HeldBodies {
  readonly #bodyBytesMax: number;
  readonly #held: PerKey;
  readonly #addressOf: AddressOf;
  readonly #deadlines: BodyDeadlines;

  constructor(bounds: HeldBodiesBounds, addressOf: AddressOf, clock: Clock) {
    this.#bodyBytesMax = bounds.bodyBytesMax;
    this.#held = new PerKey(bounds.heldBytesMax, bounds.heldBytesPerAddressMax);
    this.#addressOf = addressOf;
    this.#deadlines = new BodyDeadlines(clock);
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#held.total;
  }

  /**
   * Reads a body whole. Refuses with `payload_too_large`, `server_busy` and, when the client breaks off,
   * `invalid_request`.
   */
  read(request: IncomingMessage): Promise<HeldBody> {
    if (Number(request.headers["content-length"] ?? 0) > this.#bodyBytesMax) {
      return Promise.reject(this.#tooLarge());
    }
    const { promise, resolve, reject } = Promise.withResolvers<HeldBody>();
    const address = this.#addressOf(request);
    const chunks: Buffer[] = [];
    let size = 0;
    const giveBack = () => this.#held.remove(address, size);
    const take = (chunk: Buffer) => {
      if (size + chunk.length > this.#bodyBytesMax) return leave(this.#tooLarge());
      if (this.#held.add(address, chunk.length) !== undefined) {
        return leave(refuse("server_busy", "Too many large requests are being answered; try again."));
      }
      size += chunk.length;
      chunks.push(chunk);
    };
    const end = () => {
      request.off("close", broken);
      resolve({ bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks), giveBack });
    };
    const broken = () => leave(refuse("invalid_request", "The connection ended before the request did."));
    const leave = (error: Error) => {
      request.off("data", take).off("end", end).off("close", broken);
      // What still comes is let go.
      request.resume();
      giveBack();
      reject(error);
    };
    this.#deadlines.watch(request);
    request.on("data", take).once("end", end).once("close", broken);
    return promise;
  }

  #tooLarge(): Error {
    return refuse("payload_too_large", `The body is larger than ${this.#bodyBytesMax} bytes.`, {
      details: { body_bytes_max: this.#bodyBytesMax },
    });
  }
}
