import type { FastifyReply, FastifyRequest } from "fastify";
import type { AddressOf } from "../access/client-address.ts";
import type { Gate } from "../access/gate.ts";
import { refuse } from "../protocol/errors.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import { PerKey } from "../stdx/per-key.ts";
import { EventStream } from "./event-stream.ts";

export interface EventStreamsParts {
  /** A stream ends with the token that opened it. */
  readonly gate: Gate;
  readonly addressOf: AddressOf;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the orchestrator stops. */
  readonly stopping: AbortSignal;
}

/** What a stream is made of: it is read once, and `close` ends it. */
export interface EventSource<Event> extends AsyncIterable<Event> {
  close(): void;
}

/** An event as it goes over the wire. */
export interface WireEvent {
  /** What a client names when it reconnects; the event's place in the stream when absent. */
  readonly id?: string | undefined;
  readonly name: string;
  /** As JSON text. */
  readonly json: string;
}

export function wireEventOf(name: string, data: unknown, id?: string): WireEvent {
  return { id, name, json: JSON.stringify(data) };
}

const streamsMax = 1000;
/** Of those, one address may have so many: a browser has six at most, a proxy a few for each of its clients. */
const streamsPerAddressMax = 250;

/** The streams of server-sent events that are open. */
export class EventStreams {
  readonly #parts: EventStreamsParts;
  readonly #open = new PerKey(streamsMax, streamsPerAddressMax);

  constructor(parts: EventStreamsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#open.total;
  }

  /** Answers with what a source gives until it ends, the client leaves or the orchestrator stops. */
  async serve<Event>(
    request: FastifyRequest,
    reply: FastifyReply,
    subscribe: () => Promise<EventSource<Event>>,
    encode: (event: Event) => WireEvent,
  ): Promise<FastifyReply> {
    const { token } = request.caller;
    const address = this.#parts.addressOf(request.raw);
    const why = this.#open.add(address);
    if (why === "total") throw refuse("too_many_streams", `${streamsMax} event streams are open already.`);
    if (why === "key") {
      const sentence = `Your address has ${streamsPerAddressMax} event streams open already.`;
      throw refuse("too_many_streams", sentence);
    }
    reply.raw.once("close", () => this.#open.remove(address));
    const source = await subscribe();
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // Tells nginx and its kin to pass each event on at once.
      "x-accel-buffering": "no",
    });
    if (request.method === "HEAD") {
      source.close();
      response.end();
      return reply;
    }
    // Comes before the first event, so that a client knows it is connected.
    response.write(": connected\n\n");
    const letGo = token ? this.#parts.gate.tokens.onEnd(token, () => source.close()) : () => {};
    response.on("close", () => {
      letGo();
      source.close();
    });
    // A client that leaves while we write is no fault.
    response.on("error", () => source.close());
    void this.#pump(source, response, encode);
    return reply;
  }

  async #pump<Event>(
    source: EventSource<Event>,
    response: FastifyReply["raw"],
    encode: (event: Event) => WireEvent,
  ): Promise<void> {
    const { clock, log, stopping } = this.#parts;
    const close = () => source.close();
    stopping.addEventListener("abort", close, { once: true });
    if (stopping.aborted) close();
    try {
      using stream = new EventStream(response, clock);
      let sequence = 0;
      for await (const event of source) {
        sequence++;
        const { id, name, json } = encode(event);
        await stream.write(id ?? String(sequence), name, json);
      }
    } catch (error) {
      log.error({ err: error }, "an event stream broke");
    } finally {
      stopping.removeEventListener("abort", close);
    }
  }
}
