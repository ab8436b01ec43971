import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "../stdx/clock.ts";

/** Keeps proxies and clients from taking a quiet stream for a dead one. */
export const heartbeatMs = 15_000;

/**
 * One response as server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * Writing waits while the client does not read, so what is not read stays with the caller, who bounds it.
 */
export class EventStream implements Disposable {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  #heartbeat: Timer;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    this.#heartbeat = this.#beatLater();
  }

  /** The data is JSON text, which has no line breaks. Resolves when there is room for more, or nobody left to read it. */
  async write(id: string, name: string, json: string): Promise<void> {
    if (this.#response.destroyed) return;
    const text = `event: ${name}\nid: ${id}\ndata: ${json}\n\n`;
    if (!this.#response.write(text)) await drained(this.#response);
  }

  [Symbol.dispose](): void {
    this.#heartbeat.cancel();
    if (!this.#response.destroyed) this.#response.end();
  }

  #beatLater(): Timer {
    return this.#clock.after(heartbeatMs, () => {
      if (this.#response.destroyed) return;
      if (!this.#response.writableNeedDrain) this.#response.write(": heartbeat\n\n");
      this.#heartbeat = this.#beatLater();
    });
  }
}

function drained(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => {
    response.off("drain", done);
    response.off("close", done);
    resolve();
  };
  response.on("drain", done);
  response.on("close", done);
  return promise;
}
