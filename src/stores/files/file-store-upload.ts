import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { refuse } from "../../protocol/errors.ts";
import { fileErrorOf } from "../file-error.ts";

/** What is written in one go, so that a large upload costs few calls. */
const writeBytes = 1024 * 1024;

/**
 * Writes content to a new file as it comes.
 * @returns its length, and its SHA-256 in hex
 */
export async function writeContent(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array>,
  bytesMax: number,
): Promise<{ readonly size: number; readonly etag: string }> {
  const hash = createHash("sha256");
  const writer = new GatheringWriter(handle);
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > bytesMax) {
      throw refuse("payload_too_large", `The file is larger than ${bytesMax} bytes.`, {
        details: { limit: bytesMax },
      });
    }
    hash.update(chunk);
    await writer.add(chunk);
  }
  await writer.end();
  return { size, etag: hash.digest("hex") };
}

/** Gathers chunks and writes them together; while some are written, the next may come in. */
class GatheringWriter {
  readonly #handle: FileHandle;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #writing = Promise.resolve();

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async add(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= writeBytes) await this.#write();
  }

  async end(): Promise<void> {
    if (this.#bytes > 0) await this.#write();
    await this.#writing;
  }

  /** Resolves when the write before has ended and this one has begun. */
  async #write(): Promise<void> {
    await this.#writing;
    this.#writing = writeAll(this.#handle, this.#chunks, this.#bytes);
    // Its failure is met where it is waited for; content that breaks off meanwhile is failure enough.
    this.#writing.catch(() => {});
    this.#chunks = [];
    this.#bytes = 0;
  }
}

async function writeAll(handle: FileHandle, chunks: readonly Uint8Array[], bytes: number): Promise<void> {
  try {
    const { bytesWritten } = await handle.writev(chunks);
    if (bytesWritten === bytes) return;
    const whole = Buffer.concat(chunks);
    for (let at = bytesWritten; at < bytes; ) at += (await handle.write(whole, at)).bytesWritten;
  } catch (error) {
    throw fileErrorOf(error, "The file could not be kept") ?? error;
  }
}
