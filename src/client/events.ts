import { delayMsBefore } from "./backoff.ts";
import { mayPass, ZerverlessError } from "./error.ts";
import { EventParser, type ServerSentEvent } from "./event-parser.ts";
import type { CallOptions, QueryValues, Transport } from "./transport.ts";

export interface StreamOptions extends CallOptions {
  /** Called whenever the stream stands, and with the reason whenever it was lost and is being taken up again. */
  readonly onConnection?: ((lost: ZerverlessError | undefined) => void) | undefined;
}

export interface Subscription extends StreamOptions {
  readonly query?: QueryValues | undefined;
  /** Whether an event is the last one there will be: then nobody need come back. */
  readonly isLast?: (event: ServerSentEvent) => boolean;
}

const noContent = 204;

/**
 * The events at a path, as they come. A stream that breaks off is taken up again after the last event that was seen, for
 * as long as it is read: breaking off the loop or aborting the signal ends it. Throws when it cannot be had to begin with.
 */
export async function* events(
  transport: Transport,
  path: string,
  subscription: Subscription = {},
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const { signal, query, onConnection, isLast } = subscription;
  let lastId = "";
  let stood = false;
  // How often in a row nothing came of it.
  let vain = 0;
  for (;;) {
    const headers = { accept: "text/event-stream", ...(lastId === "" ? {} : { "last-event-id": lastId }) };
    let retryMs: number | undefined;
    let lost: ZerverlessError;
    vain++;
    try {
      const response = await transport.send("GET", path, { signal, query, headers });
      if (response.status === noContent || !response.body) return;
      stood = true;
      onConnection?.(undefined);
      const parser = new EventParser();
      for await (const event of eventsOf(response.body, parser, signal)) {
        vain = 0;
        if (event.id !== "") lastId = event.id;
        yield event;
        if (isLast?.(event)) return;
      }
      retryMs = parser.retryMs;
      lost = new ZerverlessError("unreachable", "The stream broke off.", { status: response.status });
    } catch (error) {
      if (!stood || !(error instanceof ZerverlessError) || !mayPass(error)) throw error;
      lost = error;
    }
    onConnection?.(lost);
    await transport.pace.sleep(
      retryMs ?? delayMsBefore(vain + 1, lost.retryAfter, transport.pace.random()),
      signal,
    );
  }
}

/** The events of one answer, until it ends or breaks off. */
async function* eventsOf(
  body: ReadableStream<Uint8Array>,
  parser: EventParser,
  signal: AbortSignal | undefined,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const part = await reader.read().catch(() => undefined);
      signal?.throwIfAborted();
      if (!part || part.done) return;
      yield* parser.push(decoder.decode(part.value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** What an event carries, taken at its word: client and orchestrator share one protocol. */
export function dataOf<Data>({ data }: ServerSentEvent): Data {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new ZerverlessError("bad_answer", "An event's data is not JSON.", { status: 200, cause });
  }
}
