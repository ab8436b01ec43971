import type { ServerResponse } from "node:http";
import type { FileContent } from "../namespaces/file-store.ts";
import type { ByteRange } from "./ranges.ts";

/** Two are on their way while one is filled. */
const buffersMax = 3;
const bufferBytes = 256 * 1024;
/** A client that takes nothing for so long is taken for gone. */
const stallMs = 60_000;

/**
 * Writes a part of a file to a response whose headers are written, and ends it. The same few buffers go round: fresh
 * memory for every piece would cost more than reading and sending it.
 */
export async function sendContent(
  response: ServerResponse,
  content: FileContent,
  { start, end }: ByteRange,
): Promise<void> {
  const buffers = new Buffers(response);
  response.setTimeout(stallMs, () => response.destroy());
  for (let at = start; at <= end; ) {
    const buffer = await buffers.take();
    // The client has left.
    if (!buffer) return;
    const bytes = await content.readInto(buffer.subarray(0, end - at + 1), at);
    if (bytes === 0) throw new Error("A file's content is shorter than its index says.");
    if (response.destroyed) return;
    response.write(buffer.subarray(0, bytes), () => buffers.giveBack(buffer));
    at += bytes;
  }
  response.end();
}

/** Buffers that are free to be filled again. */
class Buffers {
  readonly #response: ServerResponse;
  readonly #free: Buffer[] = [];
  #made = 0;
  #wake: (() => void) | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on("close", () => this.#wake?.());
    // What breaks the connection also closes it.
    response.on("error", () => this.#wake?.());
  }

  /** Undefined once the response is closed. */
  async take(): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#response.destroyed) return undefined;
      const free = this.#free.pop();
      if (free) return free;
      if (this.#made < buffersMax) {
        this.#made++;
        return Buffer.allocUnsafeSlow(bufferBytes);
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = undefined;
    }
  }

  giveBack(buffer: Buffer): void {
    this.#free.push(buffer);
    this.#wake?.();
  }
}
