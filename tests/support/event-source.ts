import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";

export interface ServerEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Reads a stream of server-sent events, one at a time. Comments are left out of the events but counted. */
export class EventReader implements Disposable {
  readonly response: IncomingMessage;
  comments = 0;
  readonly #request: ClientRequest;
  readonly #lines: AsyncIterator<string>;

  private constructor(sent: ClientRequest, response: IncomingMessage) {
    this.#request = sent;
    this.response = response;
    this.#lines = createInterface(response)[Symbol.asyncIterator]();
  }

  static async open(url: URL, headers: Readonly<Record<string, string>> = {}): Promise<EventReader> {
    const sent = request(url, { headers });
    sent.end();
    const [response] = await once(sent, "response");
    return new EventReader(sent, response);
  }

  /** The next event; undefined when the stream has ended. */
  async next(): Promise<ServerEvent | undefined> {
    const fields = new Map<string, string>();
    for (;;) {
      const { value: line, done } = await this.#lines.next();
      if (done) return undefined;
      if (line.startsWith(":")) this.comments++;
      else if (line !== "") fields.set(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2));
      else if (fields.size > 0) break;
    }
    const data: unknown = JSON.parse(fields.get("data") ?? "null");
    return { event: fields.get("event") ?? "message", id: fields.get("id") ?? "", data };
  }

  /** Every event up to the stream's end. */
  async rest(): Promise<ServerEvent[]> {
    const events: ServerEvent[] = [];
    for (let event = await this.next(); event; event = await this.next()) events.push(event);
    return events;
  }

  [Symbol.dispose](): void {
    this.#request.destroy();
  }
}
