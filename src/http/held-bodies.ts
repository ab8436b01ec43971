import type { IncomingMessage } from "node:http";
import { refuse } from "../protocol/errors.ts";
import type { Clock } from "../stdx/clock.ts";
import { setBodyDeadline } from "./body-deadline.ts";

export interface HeldBodiesBounds {
  /** Of one body. */
  readonly bodyBytesMax: number;
  /** Of all bodies that are held at one time. */
  readonly heldBytesMax: number;
}

/** Bodies of requests that are kept in memory while they are answered, counted so that together they stay bounded. */
export class HeldBodies {
  readonly #bounds: HeldBodiesBounds;
  readonly #clock: Clock;
  #held = 0;

  constructor(bounds: HeldBodiesBounds, clock: Clock) {
    this.#bounds = bounds;
    this.#clock = clock;
  }

  /** Bytes that are held now. */
  get bytes(): number {
    return this.#held;
  }

  /**
   * Reads a body whole. Give it back when it is not needed any more. Refuses with `payload_too_large`, `functions_busy` and,
   * when the client breaks off, `invalid_request`.
   */
  read(request: IncomingMessage): Promise<Buffer> {
    const announced = Number(request.headers["content-length"] ?? 0);
    const refused = this.#fault(announced, announced);
    if (refused) return Promise.reject(refused);
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const chunks: Buffer[] = [];
    let size = 0;
    const take = (chunk: Buffer) => {
      size += chunk.length;
      this.#held += chunk.length;
      chunks.push(chunk);
      const fault = this.#fault(size, 0);
      if (fault) leave(fault);
    };
    const end = () => {
      request.off("close", broken);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const broken = () => leave(refuse("invalid_request", "The connection ended before the request did."));
    const leave = (error: Error) => {
      request.off("data", take).off("end", end).off("close", broken);
      // What still comes is let go.
      request.resume();
      this.#held -= size;
      reject(error);
    };
    setBodyDeadline(request, this.#clock);
    request.on("data", take).once("end", end).once("close", broken);
    return promise;
  }

  giveBack(body: Buffer): void {
    this.#held -= body.length;
  }

  #fault(size: number, more: number): Error | undefined {
    const { bodyBytesMax, heldBytesMax } = this.#bounds;
    if (size > bodyBytesMax) {
      return refuse("payload_too_large", `The body is larger than ${bodyBytesMax} bytes.`, {
        details: { body_bytes_max: bodyBytesMax },
      });
    }
    if (this.#held + more <= heldBytesMax) return undefined;
    return refuse("functions_busy", "Too many large requests are being answered.");
  }
}
