import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

export const requestIdHeader = "x-request-id";

/** What a proxy or a client may have called its request: nothing that could break out of a header or a line of the log. */
const usable = /^[\w.:+/=-]{1,128}$/;

/** Names for requests. */
export class RequestIds {
  /** Ids of two processes, or of two lives of one, hardly ever meet. Text as short as they are V8 keeps in one piece. */
  readonly #prefix = randomBytes(4).toString("base64url");
  #count = 0;

  /** How a request is called, in its answer and in the log: as its sender called it, or else a name of ours. */
  of({ headers }: IncomingMessage): string {
    const given = headers[requestIdHeader];
    if (typeof given === "string" && usable.test(given)) return given;
    this.#count++;
    return `${this.#prefix}-${this.#count.toString(36)}`;
  }
}
