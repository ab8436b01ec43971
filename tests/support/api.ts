import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import { text } from "node:stream/consumers";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  json(): unknown;
}

export interface Sent {
  /** A string or bytes go as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Speaks plain HTTP to an orchestrator; adds no headers but a JSON body's type, and hides no status. */
export class Api {
  readonly url: URL;

  constructor(url: URL) {
    this.url = url;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("GET", path, { headers });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send("POST", path, { body, headers });
  }

  async send(method: string, path: string, { body, headers = {} }: Sent = {}): Promise<Answer> {
    const raw = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    const type: Record<string, string> = raw ? {} : { "content-type": "application/json" };
    const payload = raw ? body : JSON.stringify(body);
    const length: Record<string, string> =
      payload === undefined ? {} : { "content-length": String(Buffer.byteLength(payload)) };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const sent = request(
      this.url,
      { path, method, headers: { ...type, ...length, ...headers } },
      (response) => {
        text(response).then(
          (received) =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: received,
              json: () => JSON.parse(received),
            }),
          reject,
        );
      },
    );
    sent.on("error", reject);
    sent.end(payload);
    return promise;
  }
}
