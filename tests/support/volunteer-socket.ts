import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";
import { Inbox } from "./inbox.ts";

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** A bare WebSocket to a volunteer door: a test says everything that goes over it. */
export class VolunteerSocket implements AsyncDisposable {
  readonly frames = new Inbox<string>();
  readonly closed: Promise<Closing>;
  readonly webSocket: WebSocket;
  readonly #unpacked: unknown[] = [];

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    const { promise, resolve } = Promise.withResolvers<Closing>();
    this.closed = promise;
    webSocket.on("message", (data) => this.frames.put(String(data)));
    webSocket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    webSocket.on("error", () => {});
  }

  static async open(
    url: URL,
    options: ClientOptions = {},
    protocols: readonly string[] = [],
  ): Promise<VolunteerSocket> {
    const webSocket = new WebSocket(url, [...protocols], { perMessageDeflate: false, ...options });
    const socket = new VolunteerSocket(webSocket);
    await once(webSocket, "open");
    return socket;
  }

  send(message: unknown): void {
    this.webSocket.send(JSON.stringify(message));
  }

  /** The next frame, parsed. */
  async next(): Promise<unknown> {
    return JSON.parse(await this.frames.next());
  }

  /** The next message of a type, out of whichever frame; others are passed over. */
  async nextOf(type: string): Promise<Record<string, unknown>> {
    for (;;) {
      const message = this.#unpacked.shift();
      if (message === undefined) this.#unpacked.push(...[await this.next()].flat());
      else if (isMessage(message) && message.type === type) return message;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.webSocket.terminate();
    await this.closed;
  }
}

function isMessage(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Asks for a WebSocket that is refused. @returns the answer's status and body */
export async function refusedUpgrade(
  url: URL,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<[number, unknown]> {
  const webSocket = new WebSocket(url, protocols, options);
  webSocket.on("error", () => {});
  const [request, response] = await once(webSocket, "unexpected-response");
  let body = "";
  for await (const chunk of response) body += chunk;
  request.destroy();
  return [response.statusCode, JSON.parse(body)];
}
